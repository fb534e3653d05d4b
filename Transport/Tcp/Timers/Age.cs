using ActorStack.Transport.State;

namespace ActorStack.Transport.Tcp.Timers;

/// <summary>Moments of the host's clock as the record carries them: as their age, because clocks do not travel.</summary>
internal static class Age
{
    /// <summary>Ticks since the moment; <see cref="TcpConnectionState.NotRunning"/>: there is none.</summary>
    public static long Of(TimeSpan? moment, TimeSpan now) =>
        moment is { } since ? (now - since).Ticks : TcpConnectionState.NotRunning;

    /// <summary>The moment that was so many ticks ago; null: there is none.</summary>
    public static TimeSpan? Moment(long ticks, TimeSpan now) => ticks < 0 ? null : Ago(ticks, now);

    /// <summary>The moment that was so many ticks ago.</summary>
    public static TimeSpan Ago(long ticks, TimeSpan now) => now - TimeSpan.FromTicks(ticks);
}
