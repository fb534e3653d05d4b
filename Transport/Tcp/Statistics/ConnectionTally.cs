using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Tcp.Recovery;

namespace ActorStack.Transport.Tcp.Statistics;

/// <summary>
/// The counters of one connection. Two of the figures also decide when it acknowledges: when payload last arrived, and how large
/// the peer's segments are.
/// </summary>
internal struct ConnectionTally()
{
    /// <summary>Linux's bounds of the reordering that a path is believed to show.</summary>
    private const int LeastReordering = 3;

    private const int MostReordering = 300;

    /// <summary>Payload that the peer acknowledged, bytes.</summary>
    public long BytesSent;

    /// <summary>Payload received in order, bytes.</summary>
    public long BytesReceived;

    /// <summary>Segments sent.</summary>
    public long SegmentsSent;

    /// <summary>Segments received.</summary>
    public long SegmentsReceived;

    /// <summary>Segments retransmitted.</summary>
    public long Retransmissions;

    /// <summary>Payload retransmitted, bytes.</summary>
    public long BytesRetransmitted;

    /// <summary>Duplicates that the peer reported (RFC 2883).</summary>
    public long DuplicateReports;

    /// <summary>Times that reordering was seen.</summary>
    public long Reorderings;

    /// <summary>The most segments that overtook one.</summary>
    public int ReorderedSegments = LeastReordering;

    /// <summary>Segments that arrived beyond a gap.</summary>
    public long OutOfOrderSegments;

    /// <summary>When payload last arrived.</summary>
    public TimeSpan PayloadArrivedAt;

    /// <summary>Bytes whose acknowledgments echoed a mark (RFC 3168).</summary>
    public long DeliveredMarked;

    /// <summary>The reasons that limited the sender, and their time.</summary>
    public SendTime Sending;

    /// <summary>Payload of the largest segment that arrived, bytes.</summary>
    public int LargestSegment;

    /// <summary>The delivery rate shown last: bytes delivered.</summary>
    public long RateBytes;

    /// <summary>The ticks in which they were delivered.</summary>
    public long RateTicks;

    /// <summary>That rate shows what the application wrote; the path may carry more.</summary>
    public bool RateApplicationLimited;

    /// <summary>The delivery rate shown last.</summary>
    public readonly long BytesPerSecond => RateTicks == 0 ? 0 : (long)((double)RateBytes * TimeSpan.TicksPerSecond / RateTicks);

    /// <summary>Segments on the wire that a segment of the link stands for.</summary>
    public static int WireSegments(int length, int segmentSize) =>
        segmentSize <= 0 ? 1 : Math.Max(1, (length + segmentSize - 1) / segmentSize);

    /// <summary>A segment arrived, before any check.</summary>
    public void OnSegment(int length, int segmentSize) => SegmentsReceived += WireSegments(length, segmentSize);

    /// <summary>A segment with payload arrived that is to be taken.</summary>
    public void OnPayload(int length, int segmentSize, TimeSpan now)
    {
        LargestSegment = Math.Max(LargestSegment, segmentSize > 0 ? segmentSize : length);
        PayloadArrivedAt = now;
    }

    /// <summary>Payload is retransmitted in segments of this size.</summary>
    public void OnRetransmission(int length, int segment)
    {
        Retransmissions += WireSegments(length, segment);
        BytesRetransmitted += length;
    }

    /// <summary>An acknowledgment was taken.</summary>
    public void OnAcknowledgment(in Delivery delivery, in AcknowledgmentSample sample, int segment, bool isMarked)
    {
        if (delivery.Duplicate is not null) DuplicateReports++;
        if (delivery.IsReordered) Reorderings++;
        ReorderedSegments = Math.Clamp((delivery.ReorderedBytes + segment - 1) / segment, ReorderedSegments, MostReordering);
        if (isMarked) DeliveredMarked += delivery.Bytes;
        if (sample.Interval <= TimeSpan.Zero) return;
        var bytes = sample.TotalDelivered - sample.PriorDelivered;

        // A rate that the application held back is shown where it is larger all the same.
        var rate = (double)bytes / sample.Interval.Ticks * TimeSpan.TicksPerSecond;
        if (sample.IsApplicationLimited && rate < BytesPerSecond) return;
        (RateBytes, RateTicks, RateApplicationLimited) = (bytes, sample.Interval.Ticks, sample.IsApplicationLimited);
    }

    /// <summary>The section of the record.</summary>
    public readonly StatisticsSection Export(TimeSpan now) => new()
    {
        BytesSent = BytesSent,
        BytesReceived = BytesReceived,
        SegmentsSent = SegmentsSent,
        SegmentsReceived = SegmentsReceived,
        Retransmissions = Retransmissions,
        BytesRetransmitted = BytesRetransmitted,
        DuplicateReports = DuplicateReports,
        Reorderings = Reorderings,
        ReorderedSegments = ReorderedSegments,
        OutOfOrderSegments = OutOfOrderSegments,
        LargestReceived = LargestSegment,
        PayloadIdleTicks = (now - PayloadArrivedAt).Ticks,
        DeliveredMarked = DeliveredMarked,
        SendHold = (byte)Sending.Hold,
        SendingTicks = Sending.Of(SendHold.Network, now).Ticks,
        PeerLimitedTicks = Sending.Of(SendHold.PeerWindow, now).Ticks,
        SendLimitedTicks = Sending.Of(SendHold.SendLimit, now).Ticks,
        DeliveryRateBytes = RateBytes,
        DeliveryRateTicks = RateTicks,
        DeliveryRateApplicationLimited = RateApplicationLimited,
    };

    /// <summary>Continues from the record.</summary>
    public void Restore(StatisticsSection section, TimeSpan now)
    {
        (BytesSent, BytesReceived) = (section.BytesSent, section.BytesReceived);
        (SegmentsSent, SegmentsReceived) = (section.SegmentsSent, section.SegmentsReceived);
        (Retransmissions, BytesRetransmitted) = (section.Retransmissions, section.BytesRetransmitted);
        DuplicateReports = section.DuplicateReports;
        Reorderings = section.Reorderings;
        ReorderedSegments = Math.Clamp(section.ReorderedSegments, LeastReordering, MostReordering);
        OutOfOrderSegments = section.OutOfOrderSegments;
        LargestSegment = section.LargestReceived;
        PayloadArrivedAt = now - TimeSpan.FromTicks(section.PayloadIdleTicks);
        DeliveredMarked = section.DeliveredMarked;
        RateBytes = section.DeliveryRateBytes;
        RateTicks = section.DeliveryRateTicks;
        RateApplicationLimited = section.DeliveryRateApplicationLimited;
        var hold = Enum.IsDefined((SendHold)section.SendHold) ? (SendHold)section.SendHold : SendHold.None;
        Sending.Restore(
            hold, new TimeSpan(section.SendingTicks), new TimeSpan(section.PeerLimitedTicks),
            new TimeSpan(section.SendLimitedTicks), now);
    }
}
