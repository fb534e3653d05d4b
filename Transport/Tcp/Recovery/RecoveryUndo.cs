using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Tcp.Timers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>
/// Detects that a reduction was spurious, as in Linux: the peer reports every retransmission as a duplicate (RFC 3708), or echoes
/// a timestamp from before the first of them (the Eifel detection of RFC 3522).
/// </summary>
internal struct RecoveryUndo
{
    /// <summary>SND.UNA when the window was reduced; null: nothing to undo.</summary>
    public SequenceNumber? Marker { get; private set; }

    /// <summary>Bytes retransmitted since and not reported as duplicates; negative: nothing was retransmitted yet.</summary>
    public long Retransmitted { get; private set; }

    /// <summary>When the first retransmission of the episode left.</summary>
    public TimeSpan? FirstRetransmission { get; private set; }

    public void Begin(SequenceNumber una, long retransmittedInFlight)
    {
        Marker = una;
        Retransmitted = retransmittedInFlight > 0 ? retransmittedInFlight : -1;
    }

    public void End() => Marker = null;

    /// <summary>No retransmission is outstanding any more.</summary>
    public void ForgetRetransmissions() => FirstRetransmission = null;

    public void OnRetransmitted(long bytes, TimeSpan now)
    {
        FirstRetransmission ??= now;
        Retransmitted = Math.Max(0, Retransmitted) + bytes;
    }

    public void OnDuplicateReported(in SackBlock duplicate)
    {
        if (Marker is not { } marker || Retransmitted <= 0 || duplicate.Right <= marker) return;
        Retransmitted = Math.Max(0, Retransmitted - (duplicate.Right - SequenceNumber.Max(duplicate.Left, marker)));
    }

    /// <summary>Every retransmission was a duplicate.</summary>
    public readonly bool AllWereDuplicates => Marker is not null && Retransmitted == 0;

    /// <summary>The peer got what was sent first.</summary>
    public readonly bool IsOriginalAcknowledged(in Delivery delivery) =>
        Marker is not null && FirstRetransmission is { } first && delivery.IsEchoOlderThan(first);

    public readonly bool IsSpurious(in Delivery delivery) => AllWereDuplicates || IsOriginalAcknowledged(delivery);

    /// <summary>The section of the record.</summary>
    public readonly UndoSection Export(RecordClock clock) => new()
    {
        HasMarker = Marker is not null,
        Marker = Marker?.Value ?? 0,
        Retransmitted = Retransmitted,
        HasFirstRetransmission = FirstRetransmission is not null,
        FirstRetransmissionTicks = FirstRetransmission is { } first ? clock.Ticks(first) : 0,
    };

    /// <summary>Continues from the record.</summary>
    public void Restore(UndoSection section, RecordClock clock)
    {
        Marker = section.HasMarker ? new SequenceNumber(section.Marker) : null;
        Retransmitted = section.Retransmitted;
        FirstRetransmission = section.HasFirstRetransmission ? clock.Moment(section.FirstRetransmissionTicks) : null;
    }
}
