using System.Net.Sockets;
using ActorStack.Transport.State;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// SEGMENT ARRIVES: RFC 9293 section 3.10.7, its checks in its order. A check that returns false has dealt with the segment. The
/// connection records what a segment carries only after all checks have passed. So a forged segment, whose acknowledgment is
/// refused (RFC 5961 section 5.2), changes nothing.
/// </summary>
public sealed partial class TcpConnection
{
    /// <summary>RFC 7323 section 5.5: after 24 days the peer's clock may have wrapped.</summary>
    private static readonly TimeSpan TsRecentLifetime = TimeSpan.FromDays(24);

    private TimeSpan _lastReceived;

    /// <summary>Input: a segment of this flow arrived at <paramref name="now"/>. True where it passed the checks.</summary>
    public bool OnSegment(in TcpSegment segment, TimeSpan now)
    {
        _segmentsReceived += WireSegments(segment.Payload.Length, segment.SegmentSize);
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
        NoteTimestamp(segment, now);
        NoteAlive(now);
        NoteEcn(segment);
        TakeAcknowledgment(segment, now);
        TakeBody(segment, now);
        return true;
    }

    /// <summary>The sixth step and those after it. A SYN,ACK in SYN-SENT continues here (RFC 9293 section 3.10.7.3).</summary>
    private void TakeBody(in TcpSegment segment, TimeSpan now)
    {
        CheckUrgent(segment);
        ProcessText(segment, now);
        CheckFin(segment, now);
    }

    /// <summary>PAWS (RFC 7323 section 5.3 R1, see <see cref="TimestampFloor"/>): an old duplicate from before the sequence numbers wrapped.</summary>
    private bool CheckTimestamp(in TcpSegment segment, TimeSpan now)
    {
        if (!_timestamps || !_hasTsRecent || !segment.Options.HasTimestamps || segment.Has(TcpFlags.Rst)) return true;
        var value = segment.Options.TimestampValue;
        if ((int)(value - _tsRecent) >= 0 || !_timestampFloor.IsBelow(value) || now - _tsRecentAt > TsRecentLifetime) return true;
        _settings.Counters.Count(TcpExt.PAWSEstab);
        AnswerUnacceptable(segment, now);
        return false;
    }

    /// <summary>
    /// First, the sequence number. Two deviations, both Linux's: a segment exactly at the right edge counts as inside, because a
    /// peer that filled the window acknowledges from there; and at a closed window the ACK of a segment at RCV.NXT is still used.
    /// </summary>
    private bool CheckSequence(in TcpSegment segment, TimeSpan now)
    {
        if (RepeatsSyn(segment)) return CheckRepeatedSyn(segment, now);
        if (IsAcceptable(segment)) return true;
        if (!segment.Has(TcpFlags.Rst))
        {
            AnswerUnacceptable(segment, now);
            if (RepeatsFin(segment)) _timers.Start(TcpTimer.TimeWait, now + _settings.TimeWait);
        }

        return false;
    }

    /// <summary>The SYN that was taken, once more: any text with it would be within the window (RFC 9293 section 3.10.7.4).</summary>
    private bool RepeatsSyn(in TcpSegment segment) => State is TcpState.SynReceived && segment.Sequence == _irs
        && (segment.Flags & (TcpFlags.Syn | TcpFlags.Rst)) == TcpFlags.Syn;

    /// <summary>The SYN,ACK of a simultaneous open acknowledges ours, and its text counts; a bare SYN: the peer did not see our SYN,ACK.</summary>
    private bool CheckRepeatedSyn(in TcpSegment segment, TimeSpan now)
    {
        if (!segment.Has(TcpFlags.Ack)) AnswerRepeatedSyn(now);
        else if (_isPassive) Challenge(now);
        else return true;
        return false;
    }

    /// <summary>The peer retransmits its FIN. Only that restarts the 2 MSL of TIME-WAIT (RFC 9293 section 3.10.7.4).</summary>
    private bool RepeatsFin(in TcpSegment segment) => State is TcpState.TimeWait
        && segment.Has(TcpFlags.Fin) && segment.End == _rcvNxt && IsAcknowledgmentAcceptable(segment);

    private bool IsAcceptable(in TcpSegment segment)
    {
        if (segment.Length == 0 || _rcvAdv == _rcvNxt) return segment.Sequence >= _rcvNxt && segment.Sequence <= _rcvAdv;
        return segment.End > _rcvNxt && segment.Sequence < _rcvAdv;
    }

    /// <summary>
    /// Second, RST: believed at RCV.NXT only; elsewhere in the window it is challenged (RFC 5961 section 3.2). TIME-WAIT must not be
    /// cut short by one: an old duplicate could then reach the next connection (RFC 1337, F1).
    /// </summary>
    private bool CheckReset(in TcpSegment segment, TimeSpan now)
    {
        if (!segment.Has(TcpFlags.Rst)) return true;
        if (State is TcpState.TimeWait) return false;
        if (segment.Sequence != _rcvNxt) Challenge(now);
        else if (State is TcpState.Closing or TcpState.LastAck) EnterClosed(null);
        else EnterClosed(new SocketException((int)(State is TcpState.SynReceived ? SocketError.ConnectionRefused : SocketError.ConnectionReset)));
        return false;
    }

    /// <summary>
    /// Fourth, SYN: challenged (RFC 5961 section 4.2); a passive open goes back to LISTEN. Deviation: where the application has
    /// text of the SYN already (RFC 7413), it is challenged too, because a forged SYN must not end the connection.
    /// </summary>
    private bool CheckSyn(in TcpSegment segment, TimeSpan now)
    {
        if (!segment.Has(TcpFlags.Syn)) return true;
        if (State is TcpState.SynReceived && segment.Has(TcpFlags.Ack) && segment.Sequence == _irs) return true; // simultaneous open
        if (State is TcpState.SynReceived && _isPassive && !_fastOpened)
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
            if (segment.Acknowledgment > _sndUna && segment.Acknowledgment <= _sndMax) return true;
            OweReset(segment.Acknowledgment);
            return false;
        }

        if (IsAcknowledgmentAcceptable(segment)) return true;
        Challenge(now);
        return false;
    }

    /// <summary>RFC 5961 section 5.2 also bounds how old an acknowledgment may be.</summary>
    private bool IsAcknowledgmentAcceptable(in TcpSegment segment) => segment.Has(TcpFlags.Ack)
        && segment.Acknowledgment <= _sndMax && segment.Acknowledgment >= _sndUna - (int)_maxSndWnd;

    private void TakeAcknowledgment(in TcpSegment segment, TimeSpan now)
    {
        if (State is TcpState.SynReceived)
        {
            AcknowledgeSyn(segment, now);
            SetSendWindow(segment);
            SettleSynText(segment, now);
        }

        ProcessAcknowledgment(segment, now);
    }

    /// <summary>Sixth, URG: the data is received in line (RFC 6093).</summary>
    private void CheckUrgent(in TcpSegment segment)
    {
        if (segment.Has(TcpFlags.Urg) && IsReceiving) _events |= TcpEvents.Urgent;
    }

    /// <summary>RFC 7323 section 4.3: the timestamp to echo is that of the segment that moves the left edge.</summary>
    private void NoteTimestamp(in TcpSegment segment, TimeSpan now)
    {
        if (!_timestamps || !segment.Options.HasTimestamps || segment.Sequence > _lastAckSent) return;
        var isOlder = _hasTsRecent && (int)(segment.Options.TimestampValue - _tsRecent) < 0 && now - _tsRecentAt <= TsRecentLifetime;
        if (!isOlder) SetTsRecent(segment.Options.TimestampValue, now);
    }

    private void NoteAlive(TimeSpan now)
    {
        _lastReceived = now;
        _keepaliveProbes = 0;
        RestartKeepalive(now);
    }
}
