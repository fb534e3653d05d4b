using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Tcp.Recovery;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Receiving;

/// <summary>
/// What is told to the sender beside the acknowledgment number, and how promptly: quick acknowledgments, duplicate
/// acknowledgments (RFC 5681 section 4.2) and the D-SACK block (RFC 2883).
/// </summary>
internal struct Acknowledging()
{
    /// <summary>Segments that are acknowledged at once while the peer is in slow start.</summary>
    private const int InitialQuickAcks = 16;

    private SackBlock? _duplicate;

    /// <summary>Segments that are still acknowledged at once.</summary>
    public int QuickAcks { get; private set; } = InitialQuickAcks;

    /// <summary>Duplicate acknowledgments that are due to a peer without SACK.</summary>
    public int DuplicateAcksOwed { get; private set; }

    /// <summary>A D-SACK block is due.</summary>
    public readonly bool HasDuplicate => _duplicate is not null;

    /// <summary>The peer starts slowly, or retransmits: its next segments are acknowledged at once, as in Linux.</summary>
    public void BeginQuickAcks() => QuickAcks = InitialQuickAcks;

    /// <summary>The two ends hold a dialogue: the answers carry the acknowledgments.</summary>
    public void EndQuickAcks() => QuickAcks = 0;

    /// <summary>A segment is acknowledged at once.</summary>
    public void OnQuickAck()
    {
        if (QuickAcks > 0) QuickAcks--;
    }

    /// <summary>Payload arrived a second time. A block that continues the one that is due extends it.</summary>
    public void ReportDuplicate(in SackBlock block) =>
        _duplicate = _duplicate is { } before && before.Right == block.Left ? before with { Right = block.Right } : block;

    /// <summary>Writes the D-SACK block once. Returns the number of blocks written.</summary>
    public int WriteDuplicate(ref SackBlocks blocks)
    {
        if (_duplicate is not { } duplicate) return 0;
        blocks[0] = duplicate;
        _duplicate = null;
        return 1;
    }

    /// <summary>
    /// Segments arrived beyond a gap: each is due a duplicate acknowledgment, also where the burst they came in is taken before
    /// anything is sent. More than let the sender retransmit are not due at once.
    /// </summary>
    public void OweDuplicateAcks(int segments) =>
        DuplicateAcksOwed = Math.Min(DuplicateAcksOwed + segments, LossRecovery.DuplicateThreshold);

    /// <summary>A duplicate acknowledgment is being sent.</summary>
    public void OnDuplicateAckSent()
    {
        if (DuplicateAcksOwed > 0) DuplicateAcksOwed--;
    }

    /// <summary>Payload arrived in order: the acknowledgments from here on are new ones.</summary>
    public void OnAdvanced() => DuplicateAcksOwed = 0;

    /// <summary>The section of the record.</summary>
    /// <param name="recent">See <see cref="ReassemblyQueue.ExportRecent"/>.</param>
    public readonly AcknowledgingSection Export(uint[] recent) => new()
    {
        QuickAcks = QuickAcks,
        DuplicateAcksOwed = DuplicateAcksOwed,
        HasDuplicate = _duplicate is not null,
        DuplicateLeft = _duplicate?.Left.Value ?? 0,
        DuplicateRight = _duplicate?.Right.Value ?? 0,
        OutOfOrderRecent = recent,
    };

    /// <summary>Continues from the record.</summary>
    public void Restore(AcknowledgingSection section)
    {
        QuickAcks = section.QuickAcks;
        DuplicateAcksOwed = Math.Clamp(section.DuplicateAcksOwed, 0, LossRecovery.DuplicateThreshold);
        _duplicate = section.HasDuplicate
            ? new SackBlock(new SequenceNumber(section.DuplicateLeft), new SequenceNumber(section.DuplicateRight))
            : null;
    }
}
