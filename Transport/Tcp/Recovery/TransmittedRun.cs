using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>
/// Contiguous sequence numbers that left in one transmission, in wire segments of <see cref="SegmentSize"/> counted from its
/// start, and share one fate. Between SND.UNA and SND.NXT the runs leave no gap.
/// </summary>
internal struct TransmittedRun
{
    public SequenceNumber Start;
    public SequenceNumber End;

    /// <summary>When it was sent last.</summary>
    public TimeSpan SentAt;

    /// <summary>Number of that transmission. It orders transmissions of the same instant.</summary>
    public long Order;

    public SendSnapshot Snapshot;

    /// <summary>Bytes of each wire segment but the last.</summary>
    public int SegmentSize;

    /// <summary>Wire segments in it.</summary>
    public int Segments;

    public RunFlags Flags;

    /// <summary>Neighbours in the list that the run is in; see <see cref="Scoreboard"/>.</summary>
    public int Previous;

    public int Next;

    /// <summary>Sequence numbers in it.</summary>
    public readonly int Length => End - Start;

    /// <summary>The largest wire segment in it, bytes.</summary>
    public readonly int LargestSegment => Math.Min(Length, SegmentSize);

    public readonly bool IsSacked => Has(RunFlags.Sacked);

    public readonly bool WasRetransmitted => Has(RunFlags.EverRetransmitted);

    /// <summary>It is lost and not yet retransmitted.</summary>
    public readonly bool AwaitsRetransmission => (Flags & (RunFlags.Lost | RunFlags.Retransmitted)) == RunFlags.Lost;

    public readonly bool Has(RunFlags flags) => (Flags & flags) == flags;

    /// <summary>True where the two differ in nothing but their place, so that one run can stand for both.</summary>
    public readonly bool Joins(in TransmittedRun next)
    {
        if (End != next.Start || Flags != next.Flags) return false;
        return IsSacked || (Order == next.Order && SegmentSize == next.SegmentSize && Length % SegmentSize == 0);
    }
}
