using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Tcp.Recovery;
using ActorStack.Transport.Tcp.Timers;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// The states of loss recovery whole, and every change of them, as in Linux (tcp_fastretrans_alert):
/// <code>
/// Open, Disorder --loss detected--> Recovery --all of it acknowledged, or found spurious--> Open
///       any      --timeout-------->  Loss    --all of it acknowledged, or found spurious--> Open
/// </code>
/// <see cref="Rack"/> detects losses (RFC 8985). For peers without SACK the third duplicate acknowledgment does, and then
/// every partial one (RFC 6582).
/// </summary>
public sealed partial class TcpConnection
{
    private long DuplicateBytes => _recovery.DuplicateBytes(SegmentPayload);

    /// <summary>An acknowledgment came: leaves, changes or enters a recovery.</summary>
    /// <param name="delivery">What the acknowledgment delivered.</param>
    /// <param name="flight">Bytes in flight before it.</param>
    /// <param name="lost">Bytes that had been marked lost before it.</param>
    private void React(ref Delivery delivery, long flight, long lost)
    {
        if (_recovery.IsReducing && _recovery.HasReachedPoint(_snd.Una)) EndReduction(delivery);
        switch (_recovery.State)
        {
            case RecoveryState.Recovery:
                ReactInRecovery(ref delivery, flight);
                break;
            case RecoveryState.Loss:
                ReactInLoss(ref delivery, flight);
                break;
            default:
                if (_undo.AllWereDuplicates) Undo();
                DetectLoss(ref delivery);
                if (_scoreboard.HasLost) EnterRecovery(delivery, flight);
                else SettleOpen();
                break;
        }

        _reduction.OnDelivered(
            delivery.Bytes, InFlight, _congestion.SlowStartThreshold, SegmentPayload,
            isSafe: delivery.Acknowledged > 0 && _scoreboard.TotalLost == lost);
    }

    private void ReactInRecovery(ref Delivery delivery, long flight)
    {
        // The first transmission filled a hole. As long as no retransmission is in flight, that tells of the whole recovery.
        var isOriginal = delivery.Acknowledged > 0 && _undo.IsOriginalAcknowledged(delivery);
        if (isOriginal) _rack.OnSpuriousRetransmission(_snd.Max);
        var isUndone = isOriginal && _scoreboard.RetransmittedBytes == 0;
        if (isUndone || _undo.AllWereDuplicates) UndoRecovery(unmark: isUndone);
        DetectLoss(ref delivery);
        if (_recovery.State is RecoveryState.Recovery) return;
        if (_scoreboard.HasLost) EnterRecovery(delivery, flight);
        else SettleOpen();
    }

    private void ReactInLoss(ref Delivery delivery, long flight)
    {
        var isRecovered = _recovery.HasReachedPoint(_snd.Una);
        if (delivery.Acknowledged > 0 && _undo.IsSpurious(delivery))
        {
            UndoLoss();
        }
        else
        {
            var hasSentNew = _snd.Max > _recovery.Point;
            var canSendNew = DataEnd > _snd.Max && _snd.PeerRoom > 0;
            if (_forwardRto.OnAcknowledgment(delivery, hasSentNew, canSendNew, isRecovered)) UndoLoss();
            else if (isRecovered) EndLoss();
            else if (_forwardRto.HoldsRetransmissions && !hasSentNew) _recovery.MovePoint(_snd.Max);
        }

        DetectLoss(ref delivery);
        if (_recovery.State is RecoveryState.Loss && !delivery.HasLostRetransmission) return;
        if (_scoreboard.HasLost) EnterRecovery(delivery, flight);
        else if (_recovery.State is not RecoveryState.Loss) SettleOpen();
    }

    /// <summary>The retransmission timer expired (RFC 6298 section 5, RFC 8985 section 6.3, RFC 5681 section 3.1).</summary>
    private void EnterLoss(TimeSpan now)
    {
        var flight = InFlight;
        var isFirst = _retransmission.Count == 1; // since something was acknowledged (RFC 5681 section 3.1, equation 4)
        var isNew = _recovery.State is not (RecoveryState.Recovery or RecoveryState.Loss)
            || _recovery.HasReachedPoint(_snd.Una) || (_recovery.State is RecoveryState.Loss && isFirst);
        if (_scoreboard.IsReneged) _scoreboard.ForgetSacked();
        _scoreboard.MarkTimedOut(_rack.Latest is null ? now : now - _rack.RoundTrip);
        _recovery.ForgetDuplicates();
        ReduceWindow(isNew ? CongestionSignal.Timeout : CongestionSignal.RepeatedTimeout, flight, now);
        if (isNew) BeginUndo();
        StopDetection();
        if (isNew || !isFirst) _forwardRto.Arm();
        else _forwardRto.End();
        _recovery.Enter(RecoveryState.Loss, _snd.Max);
        _pending.Retransmit = true;
        _windowUse.Note(isLimited: true, _snd); // slow start, also where nothing new follows
    }

    /// <summary>Everything outstanding was dropped for its size: it is sent again, and the window stays.</summary>
    private void ResendAll(TimeSpan now)
    {
        _scoreboard.MarkTimedOut(now);
        _recovery.ForgetDuplicates();
        StopDetection();
        _forwardRto.End();
        _undo.End();
        _recovery.Enter(RecoveryState.Loss, _snd.Max);
        _pending.Retransmit = true;
    }

    /// <summary>Everything outstanding is sent again: there is nothing to reduce, to probe or to wait for.</summary>
    private void StopDetection()
    {
        _reduction.End();
        _probe.Forget();
        _timers.Stop(TcpTimer.TailLossProbe);
        _timers.Stop(TcpTimer.Reordering);
    }

    /// <summary>
    /// A loss was detected, in acknowledgments or by the reordering timer: once a window of data the flight is reduced.
    /// </summary>
    private void EnterRecovery(in Delivery delivery, long flight)
    {
        // The window was reduced for a mark in the same window of data, or is not to be.
        var isReduced = _recovery.State is RecoveryState.Reduced || _path.IsProbeAloneLost(_scoreboard);
        if (!isReduced) ReduceWindow(CongestionSignal.Loss, flight, delivery.Now);
        if (!isReduced) BeginUndo();
        _forwardRto.End();
        _recovery.Enter(RecoveryState.Recovery, _snd.Max);
        _pending.Retransmit = true;
        _probe.Forget();
        _timers.Stop(TcpTimer.TailLossProbe);
        if (!isReduced) BeginReduction(delivery);
    }

    /// <summary>A probe that repeated what arrived meanwhile will be reported as a duplicate too.</summary>
    private void BeginUndo()
    {
        var repeated = _scoreboard.HighestDelivered >= _probe.End ? _probe.RepeatedBytes : 0;
        _undo.Begin(_snd.Una, _scoreboard.RetransmittedBytes + repeated);
    }

    private void BeginReduction(in Delivery delivery)
    {
        if (_congestion.UsesProportionalRateReduction)
            _reduction.Begin(_snd.Outstanding - _scoreboard.SackedBytes - DuplicateBytes + delivery.Bytes);
    }

    /// <summary>Everything that was outstanding at the reduction is acknowledged.</summary>
    private void EndReduction(in Delivery delivery)
    {
        if (_undo.IsSpurious(delivery))
        {
            _rack.OnSpuriousRetransmission(_snd.Max);
            Undo();
        }
        else
        {
            _rack.OnRecoveryEnd();
        }

        ReturnToOpen();
    }

    private void EndLoss()
    {
        _rack.OnRecoveryEnd();
        ReturnToOpen();
    }

    private void UndoRecovery(bool unmark)
    {
        Undo();
        if (unmark) _scoreboard.ForgetLost();
        ReturnToOpen();
    }

    private void UndoLoss()
    {
        Undo();
        _scoreboard.ForgetLost();
        _pending.Retransmit = false;
        ReturnToOpen();
    }

    private void Undo()
    {
        _undo.End();
        _congestion.OnUndo();
    }

    private void ReturnToOpen()
    {
        _reduction.End();
        _forwardRto.End();
        _recovery.Leave(_snd.Una, _negotiated.Sack);
    }

    /// <summary>Open where nothing is amiss, else Disorder.</summary>
    private void SettleOpen()
    {
        if (_scoreboard.RetransmittedBytes == 0) _undo.ForgetRetransmissions();
        _recovery.Settle(isClean: _scoreboard.SackedBytes == 0 && _scoreboard.LostBytes == 0);
    }

    private void DetectLoss(ref Delivery delivery)
    {
        if (_negotiated.Sack) DetectLossByTime(ref delivery);
        else if (_recovery.IsFirstLost(delivery)) _scoreboard.MarkFirstLost();
    }

    private void DetectLossByTime(ref Delivery delivery)
    {
        var hasLostRetransmission = delivery.HasLostRetransmission;
        var isRecovering = _recovery.State is RecoveryState.Recovery or RecoveryState.Loss;
        var window = _rack.ReorderingWindow(isRecovering, _scoreboard.SackedSegments, _rtt.Minimum, _rtt.Smoothed);
        var wait = _rack.DetectLoss(_scoreboard, window, delivery.Now, ref hasLostRetransmission);
        if (wait is { } left) StartReorderingTimer(left, delivery.Now);
        else _timers.Stop(TcpTimer.Reordering);
        delivery.HasLostRetransmission = hasLostRetransmission;
        if (hasLostRetransmission && _scoreboard[0].AwaitsRetransmission) DetectBlackHole(delivery.Now);
    }

    /// <summary>The probe repaired a loss that nobody saw: it was a loss all the same (RFC 8985 section 7.4.2).</summary>
    private void OnLossRepairedByProbe(in Delivery delivery, long flight)
    {
        if (!_recovery.IsReducing) ReduceWindow(CongestionSignal.Loss, flight, delivery.Now);
    }
}
