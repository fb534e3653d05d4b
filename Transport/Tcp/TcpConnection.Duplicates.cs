using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// What is reported to the sender beside the acknowledgment: blocks beyond a gap (RFC 2018) and, before them and once, what arrived a
/// second time (RFC 2883), from which the sender learns that it resent too early. One without SACK counts acknowledgments that repeat
/// (RFC 5681 section 3.2): each segment beyond a gap has one, also where a burst of them is taken before anything is sent.
/// </summary>
public sealed partial class TcpConnection
{
    private SackBlock? _duplicate;
    private int _duplicateAcksOwed;

    /// <summary>The next segment carries SACK blocks, and less text for them.</summary>
    private bool HasSackBlocks => _sackPermitted && (_duplicate is not null || !_reassembly.IsEmpty);

    /// <summary>
    /// Reports the first part of the text that had arrived before (RFC 2883 section 4.2). A sender that retransmits gets
    /// immediate acknowledgments for a while, as in Linux.
    /// </summary>
    private void NoteDuplicate(in TcpSegment segment)
    {
        if (FindDuplicate(segment.TextStart, segment.TextEnd) is not { } found) return;
        _quickAcks = InitialQuickAcks;
        if (!_sackPermitted || _rcvNxt - found.Left > MaximumWindow) return;
        _duplicate = _duplicate is { } before && before.Right == found.Left ? before with { Right = found.Right } : found;
    }

    /// <summary>The part of this text below RCV.NXT; where there is none, the part in the lowest block beyond a gap.</summary>
    private SackBlock? FindDuplicate(SequenceNumber start, SequenceNumber end)
    {
        if (start >= end) return null;
        return start < _rcvNxt ? new SackBlock(start, SequenceNumber.Min(end, _rcvNxt)) : _reassembly.FindOverlap(start, end);
    }

    /// <summary>A segment beyond a gap arrived. More than make its sender resend are not owed at once.</summary>
    private void OweDuplicateAck(in TcpSegment segment)
    {
        _ackPending = true;
        if (_sackPermitted) return;
        _duplicateAcksOwed = Math.Min(_duplicateAcksOwed + WireSegments(segment.Payload.Length, segment.SegmentSize), DuplicateThreshold);
    }

    /// <summary>The acknowledgment being sent, without text, repeats the last.</summary>
    private void NoteDuplicateAck()
    {
        if (_duplicateAcksOwed > 0 && _lastAckSent == _rcvNxt) _duplicateAcksOwed--;
    }

    private int WriteSackBlocks(ref SackBlocks blocks)
    {
        if (!HasSackBlocks) return 0;
        var count = 0;
        if (_duplicate is { } duplicate) blocks[count++] = duplicate;
        _duplicate = null;
        return _reassembly.WriteBlocks(ref blocks, count, _timestamps ? 3 : SackBlocks.Capacity);
    }

    private AcknowledgingSection ExportAcknowledging() => new()
    {
        QuickAcks = _quickAcks,
        DuplicateAcksOwed = _duplicateAcksOwed,
        HasDuplicate = _duplicate is not null,
        DuplicateLeft = _duplicate?.Left.Value ?? 0,
        DuplicateRight = _duplicate?.Right.Value ?? 0,
        OutOfOrderRecent = _reassembly.ExportRecent(),
    };

    private void ImportAcknowledging(AcknowledgingSection section)
    {
        _quickAcks = section.QuickAcks;
        _duplicate = section.HasDuplicate ? new SackBlock(new SequenceNumber(section.DuplicateLeft), new SequenceNumber(section.DuplicateRight)) : null;
        _duplicateAcksOwed = Math.Clamp(section.DuplicateAcksOwed, 0, DuplicateThreshold);
    }
}
