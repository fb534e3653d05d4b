using System.Net.Sockets;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Statistics;
using ActorStack.Transport.Tcp.Timers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// SEGMENT ARRIVES: RFC 9293 section 3.10.7, its checks in its order. A check that returns false has dealt with the segment. The
/// connection records what a segment carries only after all checks have passed. So a forged segment, whose acknowledgment is
/// refused (RFC 5961 section 5.2), changes nothing.
/// </summary>
public sealed partial class TcpConnection
{
    /// <summary>Input: a segment of this flow arrived at <paramref name="now"/>. True where it passed the checks.</summary>
    public bool OnSegment(in TcpSegment segment, TimeSpan now)
    {
        _tally.OnSegment(segment.Payload.Length, segment.SegmentSize);
        Trace?.OnReceived(segment, TraceMetrics, now);
        if (State is TcpState.Closed) return false;
        var isTaken = State is TcpState.SynSent ? ArriveInSynSent(segment, now) : Arrive(segment, now);
        Trace?.OnUpdated(TraceMetrics, now);
        return isTaken;
    }

    private bool Arrive(in TcpSegment segment, TimeSpan now)
    {
        if (!CheckTimestamp(segment, now)) return false;
        if (!CheckSequence(segment, now)) return false;
        if (!CheckReset(segment, now)) return false;
        if (!CheckSyn(segment, now)) return false;
        if (!CheckAcknowledgment(segment, now)) return false;
        if (_negotiated.Timestamps) _timestamps.Note(segment, _rcv.LastAckSent, now);
        _liveness.OnReceived(now);
        RestartKeepalive(now);
        if (_negotiated.Ecn && _ecn.TryTakeMark(segment)) _pending.Ack = true;
        TakeAcknowledgment(segment, now);
        TakeBody(segment, now);
        return true;
    }

    /// <summary>The sixth step and those after it. A SYN,ACK in SYN-SENT continues here (RFC 9293 section 3.10.7.3).</summary>
    private void TakeBody(in TcpSegment segment, TimeSpan now)
    {
        CheckUrgent(segment);
        ProcessPayload(segment, now);
        CheckFin(segment, now);
    }

    /// <summary>PAWS (RFC 7323 section 5.3 R1).</summary>
    private bool CheckTimestamp(in TcpSegment segment, TimeSpan now)
    {
        if (!_negotiated.Timestamps || !_timestamps.IsOldDuplicate(segment, now)) return true;
        _settings.Counters.Count(TcpExt.PAWSEstab);
        AnswerUnacceptable(segment, now);
        return false;
    }

    /// <summary>First, the sequence number.</summary>
    private bool CheckSequence(in TcpSegment segment, TimeSpan now)
    {
        if (RepeatsSyn(segment)) return CheckRepeatedSyn(segment, now);
        if (_rcv.IsAcceptable(segment)) return true;
        if (!segment.Has(TcpFlags.Rst))
        {
            AnswerUnacceptable(segment, now);
            if (RepeatsFin(segment)) _timers.Start(TcpTimer.TimeWait, now + _settings.TimeWait);
        }

        return false;
    }

    /// <summary>
    /// The SYN that was taken arrives once more: payload with it would be within the window (RFC 9293 section 3.10.7.4).
    /// </summary>
    private bool RepeatsSyn(in TcpSegment segment) => State is TcpState.SynReceived && segment.Sequence == _rcv.Irs
        && (segment.Flags & (TcpFlags.Syn | TcpFlags.Rst)) == TcpFlags.Syn;

    /// <summary>
    /// The SYN,ACK of a simultaneous open acknowledges our SYN, and its payload counts. A bare SYN shows that the peer did not
    /// see our SYN,ACK.
    /// </summary>
    private bool CheckRepeatedSyn(in TcpSegment segment, TimeSpan now)
    {
        if (!segment.Has(TcpFlags.Ack)) AnswerRepeatedSyn(now);
        else if (_isPassive) Challenge(now);
        else return true;
        return false;
    }

    /// <summary>The peer retransmits its FIN. Only that restarts the 2 MSL of TIME-WAIT (RFC 9293 section 3.10.7.4).</summary>
    private bool RepeatsFin(in TcpSegment segment) => State is TcpState.TimeWait
        && segment.Has(TcpFlags.Fin) && segment.End == _rcv.Nxt && _snd.IsAcceptable(segment);

    /// <summary>
    /// Second, RST: it is believed at RCV.NXT only, and challenged elsewhere in the window (RFC 5961 section 3.2). A RST must not
    /// cut TIME-WAIT short: an old duplicate could then reach the next connection (RFC 1337, F1).
    /// </summary>
    private bool CheckReset(in TcpSegment segment, TimeSpan now)
    {
        if (!segment.Has(TcpFlags.Rst)) return true;
        if (State is TcpState.TimeWait) return false;
        if (segment.Sequence != _rcv.Nxt) Challenge(now);
        else if (State is TcpState.Closing or TcpState.LastAck) EnterClosed(null);
        else if (State is TcpState.SynReceived) EnterClosed(new SocketException((int)SocketError.ConnectionRefused));
        else EnterClosed(new SocketException((int)SocketError.ConnectionReset));
        return false;
    }

    /// <summary>
    /// Fourth, SYN: it is challenged (RFC 5961 section 4.2); a passive open goes back to LISTEN. Deviation: where the application
    /// has the payload of the SYN already (RFC 7413), it is challenged too, because a forged SYN must not end the connection.
    /// </summary>
    private bool CheckSyn(in TcpSegment segment, TimeSpan now)
    {
        if (!segment.Has(TcpFlags.Syn)) return true;
        var isSimultaneousOpen = State is TcpState.SynReceived && segment.Has(TcpFlags.Ack) && segment.Sequence == _rcv.Irs;
        if (isSimultaneousOpen) return true;
        if (State is TcpState.SynReceived && _isPassive && !_fastOpen.IsPayloadTaken)
        {
            EnterClosed(new SocketException((int)SocketError.ConnectionRefused));
            return false;
        }

        _settings.Counters.Count(TcpExt.TCPSYNChallenge);
        Challenge(now);
        return false;
    }

    /// <summary>Fifth, ACK: a segment without an acceptable one is discarded (RFC 5961 section 5.2).</summary>
    private bool CheckAcknowledgment(in TcpSegment segment, TimeSpan now)
    {
        if (!segment.Has(TcpFlags.Ack)) return false;
        if (State is TcpState.SynReceived)
        {
            if (_snd.AcknowledgesOutstanding(segment)) return true;
            _pending.OweReset(segment.Acknowledgment);
            return false;
        }

        if (_snd.IsAcceptable(segment)) return true;
        Challenge(now);
        return false;
    }

    private void TakeAcknowledgment(in TcpSegment segment, TimeSpan now)
    {
        if (State is TcpState.SynReceived)
        {
            AcknowledgeSyn(segment, now);
            _snd.SetWindow(segment, _negotiated.SendShift);
            SettleSynPayload(segment, now);
        }

        ProcessAcknowledgment(segment, now);
    }

    /// <summary>Sixth, URG: the data is received in line (RFC 6093).</summary>
    private void CheckUrgent(in TcpSegment segment)
    {
        if (segment.Has(TcpFlags.Urg) && IsReceiving) _events |= TcpEvents.Urgent;
    }
}
