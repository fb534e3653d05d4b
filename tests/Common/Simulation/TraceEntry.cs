using ActorStack.Transport.Wire;

namespace ActorStack.Tests.Common.Simulation;

/// <summary>One segment that an endpoint sent.</summary>
public readonly record struct TraceEntry(
    TimeSpan At, string From, SequenceNumber Sequence, SequenceNumber Acknowledgment, TcpFlags Flags, int Length, ushort Window,
    uint TimestampValue, uint TimestampEcho, int SackCount, SackBlock FirstSack, EcnCodepoint Ecn)
{
    public override string ToString() =>
        $"{At.TotalMilliseconds,10:F3} {From,-6} {Flags} seq {Sequence} len {Length} ack {Acknowledgment} win {Window} ts "
            + $"{TimestampValue}/{TimestampEcho}"
        + (SackCount > 0 ? $" sack {FirstSack.Left}-{FirstSack.Right} ({SackCount})" : "");
}
