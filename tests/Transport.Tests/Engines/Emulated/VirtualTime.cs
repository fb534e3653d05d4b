namespace ActorStack.Transport.Tests.Engines.Emulated;

/// <summary>A clock that a simulation sets.</summary>
internal sealed class VirtualTime : TimeProvider
{
    public TimeSpan Now { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now.Ticks;
}
