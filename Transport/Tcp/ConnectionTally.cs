using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Tcp.Recovery;

namespace ActorStack.Transport.Tcp;

/// <summary>What of a connection is counted to be seen; when text came and how large its segments are also say when it is acknowledged.</summary>
internal struct ConnectionTally()
{
    /// <summary>Linux's bounds of what it takes the path to reorder by.</summary>
    public const int LeastReordering = 3;
    public const int MostReordering = 300;

    public long BytesRetransmitted;

    /// <summary>Duplicates that the peer reported (RFC 2883).</summary>
    public long DuplicateReports;

    public long Reorderings;

    /// <summary>The most segments that overtook one.</summary>
    public int ReorderedSegments = LeastReordering;

    public long OutOfOrderSegments;

    /// <summary>When text arrived last.</summary>
    public TimeSpan TextArrivedAt;

    /// <summary>Bytes whose acknowledgments echoed a mark (RFC 3168).</summary>
    public long DeliveredMarked;

    /// <summary>What held the sender up, and how long.</summary>
    public SendTime Sending;

    /// <summary>Payload of the largest segment that arrived, bytes.</summary>
    public int LargestSegment;

    /// <summary>The delivery rate shown last: bytes, the ticks they took, and whether the application set the pace.</summary>
    public long RateBytes;
    public long RateTicks;
    public bool RateApplicationLimited;

    public readonly long BytesPerSecond => RateTicks == 0 ? 0 : (long)((double)RateBytes * TimeSpan.TicksPerSecond / RateTicks);

    public void OnAcknowledgment(in Delivery delivery, in AcknowledgmentSample sample, int segment, bool isMarked)
    {
        if (delivery.Duplicate is not null) DuplicateReports++;
        if (delivery.IsReordered) Reorderings++;
        ReorderedSegments = Math.Clamp((delivery.ReorderedBytes + segment - 1) / segment, ReorderedSegments, MostReordering);
        if (isMarked) DeliveredMarked += delivery.Bytes;
        if (sample.Interval <= TimeSpan.Zero) return;
        var bytes = sample.TotalDelivered - sample.PriorDelivered;

        // What the application held back shows only where it is more all the same.
        if (sample.IsApplicationLimited && (double)bytes / sample.Interval.Ticks * TimeSpan.TicksPerSecond < BytesPerSecond) return;
        (RateBytes, RateTicks, RateApplicationLimited) = (bytes, sample.Interval.Ticks, sample.IsApplicationLimited);
    }
}
