namespace ActorStack.Transport.State.Sections;

/// <summary>Counters that go on over moves.</summary>
public sealed record StatisticsSection
{
    /// <summary>Payload that the peer acknowledged, bytes.</summary>
    public long BytesSent { get; init; }

    /// <summary>Payload received in order, bytes.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Segments sent.</summary>
    public long SegmentsSent { get; init; }

    /// <summary>Segments received.</summary>
    public long SegmentsReceived { get; init; }

    /// <summary>Segments retransmitted.</summary>
    public long Retransmissions { get; init; }

    /// <summary>Payload retransmitted, bytes.</summary>
    public long BytesRetransmitted { get; init; }

    /// <summary>Duplicates that the peer reported by D-SACK (RFC 2883).</summary>
    public long DuplicateReports { get; init; }

    /// <summary>Times that reordering was seen.</summary>
    public long Reorderings { get; init; }

    /// <summary>The most segments that overtook one.</summary>
    public int ReorderedSegments { get; init; }

    /// <summary>Ticks since payload last arrived.</summary>
    public long PayloadIdleTicks { get; init; }

    /// <summary>Bytes whose acknowledgments echoed a mark of the path.</summary>
    public long DeliveredMarked { get; init; }

    /// <summary>What holds the sender up: 0 nothing, 1 the network, 2 the peer's window, 3 its own send limit.</summary>
    public byte SendHold { get; init; }

    /// <summary>Time in which it was sending at the network's pace.</summary>
    public long SendingTicks { get; init; }

    /// <summary>Time in which the peer's window held it up.</summary>
    public long PeerLimitedTicks { get; init; }

    /// <summary>Time in which its own send limit held it up.</summary>
    public long SendLimitedTicks { get; init; }

    /// <summary>Segments that arrived beyond a gap.</summary>
    public long OutOfOrderSegments { get; init; }

    /// <summary>Payload of the largest segment that arrived, bytes.</summary>
    public int LargestReceived { get; init; }

    /// <summary>The delivery rate shown last, as bytes and ticks: the bytes delivered.</summary>
    public long DeliveryRateBytes { get; init; }

    /// <summary>The ticks in which these bytes were delivered.</summary>
    public long DeliveryRateTicks { get; init; }

    /// <summary>The application limited that rate: the path may carry more.</summary>
    public bool DeliveryRateApplicationLimited { get; init; }
}
