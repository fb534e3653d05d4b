using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Tcp.Recovery;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// The states of loss recovery whole, and every change of them, as Linux has them (tcp_fastretrans_alert):
/// <code>
/// Open, Disorder --loss detected--> Recovery --all of it acknowledged, or found spurious--> Open
///       any      --timeout-------->  Loss    --all of it acknowledged, or found spurious--> Open
/// </code>
/// What is lost is for <see cref="Rack"/> to say (RFC 8985), or for peers without SACK the third duplicate acknowledgment and then
/// every partial one (RFC 6582).
/// </summary>
public sealed partial class TcpConnection
{
    private const int DuplicateThreshold = 3;

    private RecoveryState _recovery;
    private SequenceNumber? _recoveryPoint;
    private RecoveryUndo _undo;
    private ForwardRto _forwardRto;
    private ProportionalRateReduction _reduction;
    private int _duplicates;

    // Without SACK, while nothing beyond the last recovery is acknowledged: duplicates then are answers to what was resent for nothing, and
    // do not count (RFC 6582 section 3.2 step 2).
    private bool _isJustRecovered;

    /// <summary>The flight is being brought down: the window does not grow.</summary>
    private bool IsReducing => _recovery is RecoveryState.Recovery or RecoveryState.Reduced;

    /// <summary>Without SACK every duplicate acknowledgment stands for a segment that left the network (RFC 6582 section 3.2).</summary>
    private long DuplicateBytes => (long)_duplicates * SegmentPayload;

    /// <summary>An acknowledgment came: leaves, changes or enters a recovery.</summary>
    /// <param name="lost">What had been marked lost before it.</param>
    private void React(ref Delivery delivery, long flight, long lost)
    {
        if (_recovery is RecoveryState.Recovery or RecoveryState.Reduced && _sndUna >= _recoveryPoint) EndReduction(delivery);
        switch (_recovery)
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
                if (MustRecover) EnterRecovery(delivery, flight);
                else SettleOpen();
                break;
        }

        _reduction.OnDelivered(
            delivery.Bytes, InFlight, _congestion.SlowStartThreshold, SegmentPayload,
            isSafe: delivery.Acknowledged > 0 && _scoreboard.TotalLost == lost);
    }

    private void ReactInRecovery(ref Delivery delivery, long flight)
    {
        // A hole filled by what was sent first: as long as nothing resent is under way, that tells of the whole recovery.
        var isOriginal = delivery.Acknowledged > 0 && _undo.IsOriginalAcknowledged(delivery);
        if (isOriginal) _rack.OnSpuriousRetransmission(_sndMax);
        var isUndone = isOriginal && _scoreboard.RetransmittedBytes == 0;
        if (isUndone || _undo.AllWereDuplicates) UndoRecovery(unmark: isUndone);
        DetectLoss(ref delivery);
        if (_recovery is RecoveryState.Recovery) return;
        if (MustRecover) EnterRecovery(delivery, flight);
        else SettleOpen();
    }

    private void ReactInLoss(ref Delivery delivery, long flight)
    {
        var isRecovered = _sndUna >= _recoveryPoint;
        if (delivery.Acknowledged > 0 && _undo.IsSpurious(delivery))
        {
            UndoLoss();
        }
        else
        {
            var hasSentNew = _sndMax > _recoveryPoint;
            var canSendNew = DataEnd > _sndMax && _sndMax - _sndUna < _sndWnd;
            if (_forwardRto.OnAcknowledgment(delivery, hasSentNew, canSendNew, isRecovered)) UndoLoss();
            else if (isRecovered) EndLoss();
            else if (_forwardRto.HoldsRetransmissions && !hasSentNew) _recoveryPoint = _sndMax;
        }

        DetectLoss(ref delivery);
        if (_recovery is RecoveryState.Loss && !delivery.HasLostRetransmission) return;
        if (MustRecover) EnterRecovery(delivery, flight);
        else if (_recovery is not RecoveryState.Loss) SettleOpen();
    }

    /// <summary>The retransmission timer expired (RFC 6298 section 5, RFC 8985 section 6.3, RFC 5681 section 3.1).</summary>
    private void EnterLoss(TimeSpan now)
    {
        var flight = InFlight;
        var isFirst = _retransmitCount == 1; // since something was acknowledged (RFC 5681 section 3.1, equation 4)
        var isNew = _recovery is not (RecoveryState.Recovery or RecoveryState.Loss) || _sndUna >= _recoveryPoint || (_recovery is RecoveryState.Loss && isFirst);
        if (_scoreboard.IsReneged) _scoreboard.ForgetSacked();
        _scoreboard.MarkTimedOut(_rack.Latest is null ? now : now - _rack.RoundTrip);
        _duplicates = 0;
        TellReduction(isNew ? CongestionSignal.Timeout : CongestionSignal.RepeatedTimeout, flight, now);
        if (isNew) BeginUndo();
        _reduction.End();
        _probe.Forget();
        _timers.Stop(TcpTimer.TailLossProbe);
        _timers.Stop(TcpTimer.Reordering);
        if (isNew || !isFirst) _forwardRto.Arm();
        else _forwardRto.End();
        _recovery = RecoveryState.Loss;
        _recoveryPoint = _sndMax;
        _retransmitPending = true;
        NoteWindowUse(isLimited: true); // slow start, also where nothing new follows
    }

    /// <summary>All that is outstanding was dropped for its size: it is sent again, and the window stays.</summary>
    private void ResendAll(TimeSpan now)
    {
        _scoreboard.MarkTimedOut(now);
        _duplicates = 0;
        _reduction.End();
        _probe.Forget();
        _timers.Stop(TcpTimer.TailLossProbe);
        _timers.Stop(TcpTimer.Reordering);
        _forwardRto.End();
        _undo.End();
        _recovery = RecoveryState.Loss;
        _recoveryPoint = _sndMax;
        _retransmitPending = true;
    }

    /// <summary>Loss was detected in acknowledgments or by the reordering timer: once a window of data the flight is reduced.</summary>
    private void EnterRecovery(in Delivery delivery, long flight)
    {
        var isReduced = _recovery is RecoveryState.Reduced || IsPathProbeAloneLost; // for a mark in the same window, or not to be
        if (!isReduced) TellReduction(CongestionSignal.Loss, flight, delivery.Now);
        if (!isReduced) BeginUndo();
        _forwardRto.End();
        _recovery = RecoveryState.Recovery;
        _recoveryPoint = _sndMax;
        _retransmitPending = true;
        _probe.Forget();
        _timers.Stop(TcpTimer.TailLossProbe);
        if (!isReduced) BeginReduction(delivery);
    }

    /// <summary>A probe that repeated what arrived meanwhile will be reported as a duplicate too.</summary>
    private void BeginUndo()
    {
        var repeated = _scoreboard.HighestDelivered >= _probe.End ? _probe.RepeatedBytes : 0;
        _undo.Begin(_sndUna, _scoreboard.RetransmittedBytes + repeated);
    }

    private void BeginReduction(in Delivery delivery)
    {
        if (_congestion.UsesProportionalRateReduction)
            _reduction.Begin(Outstanding - _scoreboard.SackedBytes - DuplicateBytes + delivery.Bytes);
    }

    /// <summary>All that was outstanding at the reduction is acknowledged.</summary>
    private void EndReduction(in Delivery delivery)
    {
        if (_undo.IsSpurious(delivery))
        {
            _rack.OnSpuriousRetransmission(_sndMax);
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
        _retransmitPending = false;
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
        _duplicates = 0;
        _isJustRecovered = !_sackPermitted && _recovery is not RecoveryState.Reduced && _sndUna == _recoveryPoint;
        _recoveryPoint = null;
        _recovery = RecoveryState.Open;
    }

    /// <summary>Open where nothing is amiss, else Disorder.</summary>
    private void SettleOpen()
    {
        if (_scoreboard.RetransmittedBytes == 0) _undo.ForgetRetransmissions();
        if (_recovery is RecoveryState.Reduced) return;
        var isClean = _scoreboard.SackedBytes == 0 && _scoreboard.LostBytes == 0 && _duplicates == 0;
        _recovery = isClean ? RecoveryState.Open : RecoveryState.Disorder;
    }

    private bool MustRecover => _scoreboard.HasLost;

    private void DetectLoss(ref Delivery delivery)
    {
        if (_sackPermitted) DetectLossByTime(ref delivery);
        else if (_recovery is RecoveryState.Recovery ? delivery.Acknowledged > 0 : _duplicates >= DuplicateThreshold && _recovery is not RecoveryState.Loss)
            _scoreboard.MarkFirstLost();
    }

    private void DetectLossByTime(ref Delivery delivery)
    {
        var hasLostRetransmission = delivery.HasLostRetransmission;
        var isRecovering = _recovery is RecoveryState.Recovery or RecoveryState.Loss;
        var window = _rack.ReorderingWindow(isRecovering, _scoreboard.SackedSegments, _rtt.Minimum, _rtt.Smoothed);
        if (_rack.DetectLoss(_scoreboard, window, delivery.Now, ref hasLostRetransmission) is { } left) StartReorderingTimer(left, delivery.Now);
        else _timers.Stop(TcpTimer.Reordering);
        delivery.HasLostRetransmission = hasLostRetransmission;
        if (hasLostRetransmission && _scoreboard[0].AwaitsRetransmission) DetectBlackHole(delivery.Now);
    }

    /// <summary>
    /// Without SACK: a duplicate acknowledgment is a segment beyond the gap; one that moves on took the first of the gap, and all
    /// else it covers had been counted as duplicates.
    /// </summary>
    private void TakeDuplicate(ref Delivery delivery)
    {
        if (delivery.Acknowledged > 0)
        {
            _isJustRecovered = false;
            var counted = DuplicateBytes;
            if (counted == 0) return;
            delivery.Bytes = Math.Max(delivery.Bytes - counted, Math.Min(delivery.Bytes, SegmentPayload));
            _duplicates = _recovery is RecoveryState.Recovery
                ? (int)Math.Max(0, counted - Math.Max(0, delivery.Acknowledged - SegmentPayload)) / SegmentPayload
                : 0;
        }
        else if (delivery.IsDuplicate && !_isJustRecovered && DuplicateBytes + 2 * SegmentPayload <= Outstanding
            && (_recovery is not RecoveryState.Loss || _sndMax > _recoveryPoint))
        {
            _duplicates++;
            delivery.Bytes = SegmentPayload;
        }
    }

    /// <summary>The loss that the probe repaired unseen was one all the same (RFC 8985 section 7.4.2).</summary>
    private void OnLossRepairedByProbe(in Delivery delivery, long flight)
    {
        if (IsReducing) return;
        TellReduction(CongestionSignal.Loss, flight, delivery.Now);
    }
}
