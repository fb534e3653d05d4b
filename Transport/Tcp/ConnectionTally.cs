using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Tcp.Recovery;

namespace ActorStack.Transport.Tcp;

/// <summary>What of a connection is counted only to be seen.</summary>
internal struct ConnectionTally
{
    public long BytesRetransmitted;

    /// <summary>Duplicates that the peer reported (RFC 2883).</summary>
    public long DuplicateReports;

    public long Reorderings;

    public long OutOfOrderSegments;

    /// <summary>Payload of the largest segment that arrived, bytes.</summary>
    public int LargestSegment;

    /// <summary>The delivery rate shown last: bytes, the ticks they took, and whether the application set the pace.</summary>
    public long RateBytes;
    public long RateTicks;
    public bool RateApplicationLimited;

    public readonly long BytesPerSecond => RateTicks == 0 ? 0 : (long)((double)RateBytes * TimeSpan.TicksPerSecond / RateTicks);

    public void OnAcknowledgment(in Delivery delivery, in AcknowledgmentSample sample)
    {
        if (delivery.Duplicate is not null) DuplicateReports++;
        if (delivery.IsReordered) Reorderings++;
        if (sample.Interval <= TimeSpan.Zero) return;
        var bytes = sample.TotalDelivered - sample.PriorDelivered;

        // What the application held back shows only where it is more all the same.
        if (sample.IsApplicationLimited && (double)bytes / sample.Interval.Ticks * TimeSpan.TicksPerSecond < BytesPerSecond) return;
        (RateBytes, RateTicks, RateApplicationLimited) = (bytes, sample.Interval.Ticks, sample.IsApplicationLimited);
    }
}
