using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Sending;

/// <summary>
/// The send sequence space (RFC 9293 section 3.3.1). SND.NXT and SND.MAX are one: the sender never goes back after a timeout,
/// because the scoreboard names what is to be retransmitted.
/// </summary>
internal struct SendSpace
{
    /// <summary>Initial send sequence number (ISS).</summary>
    public SequenceNumber Iss { get; private set; }

    /// <summary>The oldest unacknowledged sequence number (SND.UNA).</summary>
    public SequenceNumber Una { get; private set; }

    /// <summary>The number after the highest one that was sent (SND.NXT, SND.MAX).</summary>
    public SequenceNumber Max { get; private set; }

    /// <summary>The send window (SND.WND): bytes from SND.UNA on that the peer permits, scaled up.</summary>
    public uint Window { get; private set; }

    /// <summary>The largest window that the peer ever announced (MAX.SND.WND).</summary>
    public uint LargestWindow { get; private set; }

    /// <summary>Sequence number of the segment that last updated the window (SND.WL1).</summary>
    public SequenceNumber Wl1 { get; private set; }

    /// <summary>Acknowledgment number of the segment that last updated the window (SND.WL2).</summary>
    public SequenceNumber Wl2 { get; private set; }

    /// <summary>Sequence number of the first byte in the send queue.</summary>
    public SequenceNumber DataUna { get; private set; }

    /// <summary>The number after the last segment sent that was not full (RFC 9293 appendix A.3).</summary>
    public SequenceNumber SmallEnd { get; private set; }

    /// <summary>The FIN was sent; its number is the last one below SND.MAX.</summary>
    public bool FinSent { get; private set; }

    /// <summary>Sequence numbers that were sent and are not acknowledged (FlightSize of RFC 5681).</summary>
    public readonly uint Outstanding => (uint)(Max - Una);

    /// <summary>Everything that was sent is acknowledged.</summary>
    public readonly bool IsAcknowledged => Una == Max;

    /// <summary>Bytes of new payload that the peer's window has room for.</summary>
    public readonly long PeerRoom => (long)Window - Outstanding;

    /// <summary>A segment that was not full is unacknowledged: Nagle's algorithm holds back the next such segment.</summary>
    public readonly bool HasSmallOutstanding => SmallEnd > Una;

    /// <summary>Begins the connection: nothing has been sent.</summary>
    public void Open(SequenceNumber iss)
    {
        Iss = Una = Max = SmallEnd = iss;
        DataUna = iss + 1;
    }

    /// <summary>The number after the last byte of a send queue of this length; a FIN has this number.</summary>
    public readonly SequenceNumber DataEnd(long queued) => DataUna + (int)queued;

    /// <summary>
    /// The acknowledgment is acceptable in a synchronized state. RFC 5961 section 5.2 also bounds how old it may be.
    /// </summary>
    public readonly bool IsAcceptable(in TcpSegment segment) => segment.Has(TcpFlags.Ack)
        && segment.Acknowledgment <= Max && segment.Acknowledgment >= Una - (int)LargestWindow;

    /// <summary>The acknowledgment is of something outstanding: SND.UNA &lt; SEG.ACK =&lt; SND.NXT.</summary>
    public readonly bool AcknowledgesOutstanding(in TcpSegment segment) =>
        segment.Acknowledgment > Una && segment.Acknowledgment <= Max;

    /// <summary>The number was sent and is not acknowledged.</summary>
    public readonly bool IsOutstanding(SequenceNumber number) => number >= Una && number < Max;

    /// <summary>
    /// A duplicate acknowledgment (RFC 5681 section 2). It counts for peers without SACK; SACK blocks tell more.
    /// </summary>
    public readonly bool IsDuplicate(in TcpSegment segment, byte shift) =>
        segment.Acknowledgment == Una && Una != Max && segment.Length == 0 && (uint)segment.Window << shift == Window;

    /// <summary>The SACK block lies in what is outstanding beyond the acknowledgment (RFC 2018).</summary>
    public readonly bool IsSackAcceptable(in SackBlock block, SequenceNumber acknowledgment) =>
        block.Left < block.Right && block.Right > acknowledgment && block.Right <= Max && block.Left >= Una;

    /// <summary>A D-SACK block is believed of what was sent, and of nothing that is older than a window.</summary>
    public readonly bool IsDuplicateSackAcceptable(in SackBlock block) =>
        block.Right <= Max && block.Left >= Una - (int)LargestWindow;

    /// <summary>
    /// A FIN takes a number of the window and waits for room as payload does. A FIN beyond the window would take all later
    /// acknowledgments there too; where both ends refuse those of the other, each refusal brings the next.
    /// </summary>
    public readonly bool HasRoomForFin(SequenceNumber sequence) => sequence - Una < Window;

    /// <summary>
    /// Bytes from this number on that may be retransmitted into the window. A peer may have taken back window: its first missing
    /// segment is sent all the same (RFC 9293 section 3.8.6).
    /// </summary>
    public readonly long RoomToRetransmit(SequenceNumber start, int fullSegment) =>
        start == Una ? Math.Max(Window, fullSegment) : Una + Window - start;

    /// <summary>The peer's SYN: its window is not scaled.</summary>
    public void TakeSyn(in TcpSegment syn)
    {
        Window = LargestWindow = syn.Window;
        (Wl1, Wl2) = (syn.Sequence, syn.Acknowledgment);
    }

    /// <summary>The peer acknowledged the SYN.</summary>
    public void AcknowledgeSyn() => Una = Iss + 1;

    /// <summary>SND.UNA advances. Returns the acknowledged bytes of the send queue.</summary>
    /// <param name="acknowledgment">The new SND.UNA.</param>
    /// <param name="queued">Bytes in the send queue.</param>
    public int Acknowledge(SequenceNumber acknowledgment, long queued)
    {
        Una = acknowledgment;
        var data = (int)Math.Min(Una - DataUna, queued);
        DataUna += data;
        SmallEnd = SequenceNumber.Max(SmallEnd, Una);
        return data;
    }

    /// <summary>
    /// Updates the window unless the segment is older than that of the last update, or acknowledges less than SND.UNA. True where
    /// it was updated. A segment that acknowledges more is newer, although it may repeat a lower sequence number. RFC 9293
    /// section 3.10.7.4 would keep the former window then, and SND.UNA would push the right edge beyond what the peer has given.
    /// Linux decides as here.
    /// </summary>
    public bool TryUpdateWindow(in TcpSegment segment, byte shift)
    {
        if (segment.Acknowledgment < Una) return false;
        if (segment.Acknowledgment == Wl2 && segment.Sequence < Wl1) return false;
        SetWindow(segment, shift);
        return true;
    }

    /// <summary>Takes the window of the segment. The window of a SYN is not scaled (RFC 7323 section 2.2).</summary>
    public void SetWindow(in TcpSegment segment, byte shift)
    {
        Window = (uint)segment.Window << (segment.Has(TcpFlags.Syn) ? 0 : shift);
        LargestWindow = Math.Max(LargestWindow, Window);
        (Wl1, Wl2) = (segment.Sequence, segment.Acknowledgment);
    }

    /// <summary>New numbers were sent, up to <paramref name="end"/>.</summary>
    public void OnSent(SequenceNumber end) => Max = end;

    /// <summary>A FIN was sent.</summary>
    public void OnFinSent() => FinSent = true;

    /// <summary>New payload was sent; its last segment may not be full.</summary>
    public void OnPayloadSent(int length, int fullSegment)
    {
        if (length % fullSegment > 0) SmallEnd = Max;
    }

    /// <summary>The section of the record.</summary>
    public readonly SendSpaceSection Export(bool isFinQueued) => new()
    {
        Iss = Iss.Value,
        SndUna = Una.Value,
        SndNxt = Max.Value,
        SndMax = Max.Value,
        SndWnd = Window,
        MaxSndWnd = LargestWindow,
        SndWl1 = Wl1.Value,
        SndWl2 = Wl2.Value,
        FinQueued = isFinQueued,
        FinSent = FinSent,
        SmallOutstanding = (uint)Math.Max(0, SmallEnd - Una),
    };

    /// <summary>Continues from the record.</summary>
    /// <param name="section">The section of the record.</param>
    /// <param name="isSynchronized">The SYN is acknowledged, so that the send queue begins at SND.UNA.</param>
    public void Restore(SendSpaceSection section, bool isSynchronized)
    {
        Iss = new SequenceNumber(section.Iss);
        Una = new SequenceNumber(section.SndUna);
        Max = new SequenceNumber(section.SndMax);
        DataUna = isSynchronized ? Una : Iss + 1;
        Window = section.SndWnd;
        LargestWindow = section.MaxSndWnd;
        Wl1 = new SequenceNumber(section.SndWl1);
        Wl2 = new SequenceNumber(section.SndWl2);
        FinSent = section.FinSent;
        SmallEnd = Una + section.SmallOutstanding;
    }
}
