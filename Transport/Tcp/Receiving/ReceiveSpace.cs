using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Receiving;

/// <summary>The receive sequence space (RFC 9293 section 3.3.1) and the peer's FIN.</summary>
internal struct ReceiveSpace
{
    private SequenceNumber? _pendingFin;
    private SequenceNumber _wup;

    /// <summary>Initial receive sequence number (IRS).</summary>
    public SequenceNumber Irs { get; private set; }

    /// <summary>The next sequence number expected (RCV.NXT).</summary>
    public SequenceNumber Nxt { get; private set; }

    /// <summary>The right edge of the announced window (RCV.NXT + RCV.WND): it never moves back.</summary>
    public SequenceNumber Edge { get; private set; }

    /// <summary>The last acknowledgment number sent (RFC 7323's Last.ACK.sent).</summary>
    public SequenceNumber LastAckSent { get; private set; }

    /// <summary>The peer's FIN was taken in order.</summary>
    public bool FinReceived { get; private set; }

    /// <summary>The announced window (RCV.WND), bytes.</summary>
    public readonly int Window => Edge - Nxt;

    /// <summary>No payload is taken beyond this number: the right edge, or a FIN that waits for a gap to be filled.</summary>
    public readonly SequenceNumber PayloadEdge => BeforeFin(Edge);

    /// <summary>Takes the sequence number of the peer's SYN.</summary>
    public void Open(SequenceNumber irs, int window)
    {
        Irs = irs;
        Nxt = _wup = LastAckSent = irs + 1;
        Edge = Nxt + window;
    }

    /// <summary>
    /// RFC 9293 section 3.10.7.4, first. Two deviations are Linux's. A segment exactly at the right edge counts as inside,
    /// because a peer that filled the window acknowledges from there. At a closed window the ACK of a segment at RCV.NXT is still
    /// used.
    /// </summary>
    public readonly bool IsAcceptable(in TcpSegment segment)
    {
        if (segment.Length == 0 || Edge == Nxt) return segment.Sequence >= Nxt && segment.Sequence <= Edge;
        return segment.End > Nxt && segment.Sequence < Edge;
    }

    /// <summary>The part of the segment's payload within the window, and its first sequence number.</summary>
    public readonly ReadOnlySpan<byte> Trim(in TcpSegment segment, out SequenceNumber start)
    {
        var payload = segment.Payload.Span;
        start = segment.PayloadStart;
        var old = Nxt - start;
        if (old > 0)
        {
            payload = old < payload.Length ? payload[old..] : default;
            start = Nxt;
        }

        var room = Math.Max(0, PayloadEdge - start);
        return payload.Length > room ? payload[..room] : payload;
    }

    /// <summary>The end of a range of payload, no further than a FIN that waits for a gap to be filled.</summary>
    public readonly SequenceNumber BeforeFin(SequenceNumber end) => _pendingFin is { } fin ? SequenceNumber.Min(fin, end) : end;

    /// <summary>Payload was taken in order.</summary>
    public void Advance(int length) => Nxt += length;

    /// <summary>Notes the FIN of the segment where it lies in the window; the lowest one counts.</summary>
    public void NoteFin(in TcpSegment segment)
    {
        var fin = segment.PayloadEnd;
        if (fin >= Nxt && fin <= Edge) _pendingFin = SequenceNumber.Min(fin, _pendingFin ?? fin);
    }

    /// <summary>Takes the FIN once all payload before it has arrived.</summary>
    public bool TryTakeFin()
    {
        if (_pendingFin != Nxt) return false;
        _pendingFin = null;
        FinReceived = true;
        Nxt += 1;
        return true;
    }

    /// <summary>An acknowledgment up to RCV.NXT is being sent.</summary>
    public void OnAckSent() => LastAckSent = Nxt;

    /// <summary>How far the right edge could move beyond what was announced.</summary>
    /// <param name="room">Free room in the receive queue, bytes.</param>
    public readonly int Growth(long room) => Nxt + (int)room - Edge;

    /// <summary>
    /// Announces the window, and returns the window field of the segment. The right edge moves only by a useful step (RFC 9293
    /// section 3.8.6.2.2). The field is rounded down, so it may say a fraction of its unit less than before (RFC 7323 section
    /// 2.4). Rounded up, every tiny segment would push the edge on, beyond the capacity.
    /// </summary>
    public ushort Announce(long room, long step, byte shift)
    {
        var edge = Growth(room) >= step ? Nxt + (int)(room >> shift << shift) : Edge;
        var window = Math.Max(0, SequenceNumber.Max(edge, Edge) - Nxt); // a FIN may be taken at a closed window
        var field = (ushort)Math.Min(window >> shift, ushort.MaxValue);
        _wup = Nxt;
        Edge = SequenceNumber.Max(Edge, Nxt + (field << shift));
        return field;
    }

    /// <summary>The section of the record.</summary>
    public readonly ReceiveSpaceSection Export() => new()
    {
        Irs = Irs.Value,
        RcvNxt = Nxt.Value,
        RcvWnd = (uint)(Edge - _wup),
        RcvWup = _wup.Value,
        LastAckSent = LastAckSent.Value,
        FinReceived = FinReceived,
        HasPendingFin = _pendingFin is not null,
        PendingFin = _pendingFin?.Value ?? 0,
    };

    /// <summary>Continues from the record.</summary>
    public void Restore(ReceiveSpaceSection section)
    {
        Irs = new SequenceNumber(section.Irs);
        Nxt = new SequenceNumber(section.RcvNxt);
        _wup = new SequenceNumber(section.RcvWup);
        Edge = _wup + section.RcvWnd;
        LastAckSent = new SequenceNumber(section.LastAckSent);
        FinReceived = section.FinReceived;
        _pendingFin = section.HasPendingFin ? new SequenceNumber(section.PendingFin) : null;
    }
}
