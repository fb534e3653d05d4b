using ActorStack.Transport.Tcp.Statistics;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// The report to the sender beside the acknowledgment number: blocks beyond a gap (RFC 2018) and, before them and once, a block
/// that arrived a second time (RFC 2883), from which the sender learns that it retransmitted too early.
/// </summary>
public sealed partial class TcpConnection
{
    /// <summary>The next segment carries SACK blocks, and less payload for them.</summary>
    private bool HasSackBlocks => _negotiated.Sack && (_acknowledging.HasDuplicate || !_reassembly.IsEmpty);

    /// <summary>
    /// Reports the first part of the payload that had arrived before (RFC 2883 section 4.2). A sender that retransmits gets
    /// immediate acknowledgments for a while, as in Linux.
    /// </summary>
    private void NoteDuplicate(in TcpSegment segment)
    {
        if (FindDuplicate(segment.PayloadStart, segment.PayloadEnd) is not { } found) return;
        _acknowledging.BeginQuickAcks();
        if (!_negotiated.Sack || _rcv.Nxt - found.Left > _negotiated.MaximumWindow) return;
        _acknowledging.ReportDuplicate(found);
    }

    /// <summary>
    /// The part of these numbers below RCV.NXT; where there is none, the part in the lowest block beyond a gap.
    /// </summary>
    private SackBlock? FindDuplicate(SequenceNumber start, SequenceNumber end)
    {
        if (start >= end) return null;
        return start < _rcv.Nxt ? new SackBlock(start, SequenceNumber.Min(end, _rcv.Nxt)) : _reassembly.FindOverlap(start, end);
    }

    /// <summary>
    /// A segment arrived beyond a gap. A sender without SACK counts the duplicate acknowledgments (RFC 5681 section 3.2).
    /// </summary>
    private void OweDuplicateAck(in TcpSegment segment)
    {
        _pending.Ack = true;
        if (!_negotiated.Sack)
            _acknowledging.OweDuplicateAcks(ConnectionTally.WireSegments(segment.Payload.Length, segment.SegmentSize));
    }

    private int WriteSackBlocks(ref SackBlocks blocks)
    {
        if (!HasSackBlocks) return 0;
        var count = _acknowledging.WriteDuplicate(ref blocks);
        return _reassembly.WriteBlocks(ref blocks, count, _negotiated.Timestamps ? 3 : SackBlocks.Capacity);
    }
}
