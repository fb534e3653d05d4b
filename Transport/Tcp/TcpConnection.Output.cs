using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Tcp.Timers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// The order of output, the segments without payload, and the header fields that all segments share. Payload is in
/// TcpConnection.Sending.cs.
/// </summary>
public sealed partial class TcpConnection
{
    /// <summary>Output: the next segment to send; false when there is none. The segment counts as sent.</summary>
    public bool TryTransmit(TimeSpan now, out OutboundSegment segment)
    {
        segment = default;
        if (!TryFillNext(now, ref segment))
        {
            NoteHold(now);
            return false;
        }

        Trace?.OnSent(segment, TraceMetrics, now);
        return true;
    }

    private bool TryFillNext(TimeSpan now, ref OutboundSegment segment)
    {
        return TrySendReset(now, ref segment)
            || TrySendSyn(now, ref segment)
            || TryRetransmit(now, ref segment)
            || TrySendTailLossProbe(now, ref segment)
            || TrySendPathProbe(now, ref segment)
            || TrySendPayload(now, ref segment)
            || (EndFruitlessTest() && TryRetransmit(now, ref segment))
            || TrySendProbe(now, ref segment)
            || TrySendAck(now, ref segment);
    }

    private bool TrySendReset(TimeSpan now, ref OutboundSegment segment)
    {
        if (!_pending.TryTakeReset(out var sequence)) return false;
        Fill(ref segment, sequence, TcpFlags.Rst, now);
        return true;
    }

    private bool TrySendSyn(TimeSpan now, ref OutboundSegment segment)
    {
        if (!_pending.TryTakeSyn()) return false;
        var isAnswer = State is TcpState.SynReceived;
        Fill(ref segment, _snd.Iss, (isAnswer ? TcpFlags.Syn | TcpFlags.Ack : TcpFlags.Syn) | SynEcnFlags(isAnswer), now);
        segment.Window = SynWindow;
        CountSent(_snd.Iss, _snd.Iss + 1 + AddFastOpen(ref segment), SegmentPayload, now);
        return true;
    }

    /// <summary>
    /// Sends a segment below the window, which the peer must answer: Linux's form of the window probe, and RFC 9293 section
    /// 3.8.4's of the keepalive. Unlike the octet of new data in section 3.8.6.1 it needs no room and no retransmission.
    /// </summary>
    private bool TrySendProbe(TimeSpan now, ref OutboundSegment segment)
    {
        if (!_pending.TryTakeProbe() || !IsSynchronized) return false;
        // The peer answers the segment, but takes neither acknowledgment nor window from it: what was owed stays owed.
        var told = (_rcv.LastAckSent, _rcv.Edge, _pending.Ack);
        Fill(ref segment, _snd.Una - 1, TcpFlags.Ack, now);
        _pending.Ack = told != (_rcv.Nxt, _rcv.Edge, false);
        if (IsSending && _snd.Outstanding == 0 && HasUnsent) StartPersistTimer(now);
        return true;
    }

    private bool TrySendAck(TimeSpan now, ref OutboundSegment segment)
    {
        if (!_pending.Ack && _acknowledging.DuplicateAcksOwed == 0) return false;
        _pending.Ack = false;
        if (State is TcpState.Closed or TcpState.SynSent) return false;
        if (_rcv.LastAckSent == _rcv.Nxt) _acknowledging.OnDuplicateAckSent();
        Fill(ref segment, _snd.Max, TcpFlags.Ack, now);
        return true;
    }

    /// <summary>
    /// Numbers from <paramref name="start"/> up to <paramref name="end"/> are on the wire, for the first time or again.
    /// </summary>
    private void CountSent(SequenceNumber start, SequenceNumber end, int segmentSize, TimeSpan now)
    {
        var snapshot = _rate.OnSent(InFlight, end - start, _scoreboard.TotalLost, now);
        var retransmittedEnd = SequenceNumber.Min(end, _snd.Max);
        if (start < retransmittedEnd)
        {
            _path.OnRetransmitted(start, retransmittedEnd, now);
            if (start == _snd.Una && IsSynchronized) StartRetransmitTimer(now); // a SYN is timed by its timeouts alone
            _scoreboard.Resend(start, retransmittedEnd, segmentSize, now, snapshot);
            _undo.OnRetransmitted(retransmittedEnd - start, now);
        }

        if (end > _snd.Max)
        {
            _scoreboard.Append(SequenceNumber.Max(start, _snd.Max), end, segmentSize, now, snapshot);
            _snd.OnSent(end);
            _windowUse.Note(_congestion.Window - InFlight < FullSegment, _snd);
            if (_options.NotSentLowWater > 0) LimitSending();
            ScheduleProbe(now);
        }

        _reduction.OnSent(end - start);
        if (PacingRate is { } rate) _pacer.OnSent(end - start, rate, FullSegment, now);
        _liveness.OnSent(now);
        _timers.Stop(TcpTimer.Persist);
        if (!_timers.IsRunning(TcpTimer.Retransmit)) StartRetransmitTimer(now);
    }

    /// <summary>Fills the header fields that all segments share. A segment with ACK settles what was owed.</summary>
    private void Fill(ref OutboundSegment segment, SequenceNumber sequence, TcpFlags flags, TimeSpan now)
    {
        segment.Flow = _flow;
        segment.Sequence = sequence;
        segment.Flags = flags;
        segment.HopLimit = _options.HopLimit;
        segment.TrafficClass = _options.TrafficClass;
        AddOptions(ref segment, now);
        _tally.SegmentsSent++;
        if ((flags & TcpFlags.Ack) == 0) return;
        segment.Acknowledgment = _rcv.Nxt;
        _rcv.OnAckSent();
        if ((flags & TcpFlags.Syn) == 0) segment.Window = AnnounceWindow();
        if ((flags & TcpFlags.Syn) == 0 && _ecn.IsEchoing) segment.Flags |= TcpFlags.Ece;
        _pending.Ack = false;
        _timers.Stop(TcpTimer.DelayedAck);
    }

    /// <summary>See <see cref="SegmentOptions"/>. In SYN-SENT nothing is negotiated yet: a RST carries no option.</summary>
    private void AddOptions(ref OutboundSegment segment, TimeSpan now)
    {
        ref var options = ref segment.Options;
        if (segment.Has(TcpFlags.Syn)) SegmentOptions.AddToSyn(ref options, _negotiated.SynOptions);
        else if (State is TcpState.SynSent) return;
        else if (segment.Has(TcpFlags.Ack)) options.SackCount = (byte)WriteSackBlocks(ref options.Sack);
        SegmentOptions.AddTimestamps(ref options, _negotiated.Timestamps, _timestamps.Value(now), _timestamps.Echo);
    }
}
