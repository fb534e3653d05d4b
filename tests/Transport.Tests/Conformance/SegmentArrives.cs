using ActorStack.Transport.State;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Conformance;

/// <summary>
/// RFC 9293 section 3.10.7 told once more, for the connections of <see cref="Stage"/>: which rule disposes of a segment, and what
/// is then seen. Written from the text of the RFC, not from the code; where the stack deviates the rule says so.
/// </summary>
internal sealed class SegmentArrives
{
    private readonly TcpConnectionState _before;
    private readonly TcpSegment _segment;
    private readonly SequenceNumber _left;
    private readonly SequenceNumber _right;

    private SegmentArrives(TcpConnectionState before, in TcpSegment segment)
    {
        _before = before;
        _segment = segment;
        _left = new SequenceNumber(before.Receive.RcvNxt);
        _right = new SequenceNumber(before.Receive.RcvWup) + before.Receive.RcvWnd;
    }

    /// <summary>The rule that disposes of the segment.</summary>
    public string Rule { get; private set; } = "";

    public Reaction Reaction { get; private set; } = null!;

    private int Una => (int)(_before.Send.SndUna - _before.Send.Iss);

    private bool IsReceiving =>
        _before.Identity.State is TcpState.SynReceived or TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2;

    private string Ack => Stage.Show(TcpFlags.Ack, _before.Send.SndMax, _before.Receive.RcvNxt);

    public static SegmentArrives At(TcpConnectionState before, in TcpSegment segment)
    {
        var arrives = new SegmentArrives(before, segment);
        if (before.Identity.State is TcpState.SynSent) arrives.InSynSent();
        else arrives.Otherwise();
        return arrives;
    }

    private void InSynSent()
    {
        var acknowledges = _segment.Has(TcpFlags.Ack);
        var acknowledgment = _segment.Acknowledgment;
        var isAcceptable = acknowledgment > new SequenceNumber(_before.Send.Iss)
            && acknowledgment <= new SequenceNumber(_before.Send.SndNxt);
        if (acknowledges && !isAcceptable && _segment.Has(TcpFlags.Rst)) Drop("3.10.7.3 first: unacceptable ACK, RST set: drop");
        else if (acknowledges && !isAcceptable)
            Answer("3.10.7.3 first: unacceptable ACK: <SEQ=SEG.ACK><CTL=RST>", Reset(acknowledgment));
        else if (_segment.Has(TcpFlags.Rst) && acknowledges) Close("3.10.7.3 second: connection reset");
        else if (_segment.Has(TcpFlags.Rst)) Drop("3.10.7.3 second: RST without ACK: drop");
        else if (_segment.Has(TcpFlags.Syn) && acknowledges) Open();
        else if (_segment.Has(TcpFlags.Syn)) OpenSimultaneously();
        else Drop("3.10.7.3 fifth: neither SYN nor RST: drop");
    }

    private void Open() => Settle(
        "3.10.7.3 fourth: our SYN has been ACKed: ESTABLISHED, <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>", TcpState.Established,
        Stage.Show(TcpFlags.Ack, _before.Send.SndNxt, _segment.Sequence.Value + 1), acknowledged: 1);

    private void OpenSimultaneously() => Settle(
        "3.10.7.3 fourth: SYN alone: SYN-RECEIVED, <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>", TcpState.SynReceived,
        Stage.Show(TcpFlags.Syn | TcpFlags.Ack, _before.Send.Iss, _segment.Sequence.Value + 1));

    private void Otherwise()
    {
        var isReset = _segment.Has(TcpFlags.Rst);
        if (!isReset && _segment.Options.TimestampValue < _before.Timestamps.TsFloor)
            Answer("RFC 7323 5.3 R1: older timestamp: ACK and drop", Ack);
        else if (!IsAcceptable) BeUnacceptable(isReset);
        else if (isReset) BeReset();
        else if (_segment.Has(TcpFlags.Syn)) BeSynchronizedAnew();
        else if (!_segment.Has(TcpFlags.Ack)) Drop("3.10.7.4 fifth: ACK bit off: drop");
        else if (_before.Identity.State is TcpState.SynReceived) InSynReceived();
        else if (!IsAcknowledgmentAcceptable) Answer("RFC 5961 5.2: acknowledgment out of range: challenge ACK", Ack);
        else Take();
    }

    /// <summary>3.10.7.4 first: the table, for a window that is open.</summary>
    private bool IsAcceptable => _segment.Length == 0
        ? IsInWindow(_segment.Sequence)
        : IsInWindow(_segment.Sequence) || IsInWindow(_segment.End - 1);

    private bool IsAcknowledgmentAcceptable =>
        _segment.Acknowledgment >= new SequenceNumber(_before.Send.SndUna) - (int)_before.Send.MaxSndWnd
        && _segment.Acknowledgment <= new SequenceNumber(_before.Send.SndMax);

    private void BeUnacceptable(bool isReset)
    {
        if (isReset) Drop("3.10.7.4 first: unacceptable RST: drop");
        else if (_before.Identity.State is TcpState.SynReceived && _segment.Flags == TcpFlags.Syn
            && _segment.Sequence.Value == _before.Receive.Irs)
        {
            Answer(
                "3.10.7.4 first, deviation: the SYN again: the SYN,ACK again, not a bare ACK, for it was lost",
                Stage.Show(TcpFlags.Syn | TcpFlags.Ack, _before.Send.Iss, _before.Receive.RcvNxt));
        }
        else Answer("3.10.7.4 first: unacceptable: <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> and drop", Ack);
    }

    private void BeReset()
    {
        if (_before.Identity.State is TcpState.TimeWait) Drop("RFC 1337 F1: RST ignored in TIME-WAIT");
        else if (_segment.Sequence == _left) Close("3.10.7.4 second, RFC 5961 3.2: RST at RCV.NXT: reset");
        else Answer("3.10.7.4 second, RFC 5961 3.2: RST elsewhere in the window: challenge ACK", Ack);
    }

    private void BeSynchronizedAnew()
    {
        if (_before.Identity.State is TcpState.SynReceived)
            Close("3.10.7.4 fourth: SYN in the window, passive open: back to LISTEN");
        else Answer("3.10.7.4 fourth, RFC 5961 4.2: SYN: challenge ACK", Ack);
    }

    private void InSynReceived()
    {
        var acceptable = _segment.Acknowledgment > new SequenceNumber(_before.Send.SndUna)
            && _segment.Acknowledgment <= new SequenceNumber(_before.Send.SndNxt);
        if (acceptable) Take();
        else Answer("3.10.7.4 fifth: SYN-RECEIVED, unacceptable ACK: <SEQ=SEG.ACK><CTL=RST>", Reset(_segment.Acknowledgment));
    }

    /// <summary>3.10.7.4 fifth to eighth, of a segment that is taken.</summary>
    private void Take()
    {
        var una = Math.Max(Una, _segment.Acknowledgment - new SequenceNumber(_before.Send.Iss));
        var isFinAcknowledged = _before.Send.FinSent && una == _before.Send.SndMax - _before.Send.Iss;
        var state = AfterAcknowledgment(isFinAcknowledged);
        var (start, end) = (SequenceNumber.Max(_segment.Sequence, _left),
            SequenceNumber.Min(_segment.Sequence + _segment.Payload.Length, _right));
        var text = IsReceiving ? Math.Max(0, end - start) : 0;
        var inOrder = start == _left;
        var fin = _segment.Has(TcpFlags.Fin) && IsReceiving && end == _segment.End - 1;
        var takesFin = fin && inOrder;
        var answer = text > 0 || (_segment.Has(TcpFlags.Fin) && IsReceiving)
            ? Stage.Show(
                TcpFlags.Ack, _before.Send.SndMax, _before.Receive.RcvNxt + (uint)(inOrder ? text : 0) + (takesFin ? 1u : 0))
            : "";
        Rule = "3.10.7.4 fifth: ACK, sixth: URG, seventh: text, eighth: FIN";
        Reaction = new Reaction(
            takesFin ? AfterFin(state) : state, answer, inOrder ? text : 0, inOrder ? 0 : text, una,
            _segment.Has(TcpFlags.Urg) && IsReceiving);
    }

    private TcpState AfterAcknowledgment(bool isFinAcknowledged) => _before.Identity.State switch
    {
        TcpState.SynReceived => TcpState.Established,
        TcpState.FinWait1 when isFinAcknowledged => TcpState.FinWait2,
        TcpState.Closing when isFinAcknowledged => TcpState.TimeWait,
        TcpState.LastAck when isFinAcknowledged => TcpState.Closed,
        var state => state,
    };

    private static TcpState AfterFin(TcpState state) => state switch
    {
        TcpState.Established => TcpState.CloseWait,
        TcpState.FinWait1 => TcpState.Closing,
        _ => TcpState.TimeWait,
    };

    private bool IsInWindow(SequenceNumber number) => number >= _left && number < _right;

    private static string Reset(SequenceNumber sequence) => Stage.Show(TcpFlags.Rst, sequence.Value, 0);

    private void Drop(string rule) => Settle(rule, _before.Identity.State, "");

    private void Close(string rule) => Settle(rule, TcpState.Closed, "");

    private void Answer(string rule, string answer) => Settle(rule, _before.Identity.State, answer);

    private void Settle(string rule, TcpState state, string answer, int? acknowledged = null)
    {
        Rule = rule;
        Reaction = new Reaction(state, answer, Delivered: 0, Kept: 0, acknowledged ?? Una, Urgent: false);
    }
}
