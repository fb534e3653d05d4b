using ActorStack.Transport.Tcp.Sending;

namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>The reaction of the model to loss (draft-ietf-ccwg-bbr sections 5.5.10, 5.5.11 and 5.6.4.4).</summary>
internal sealed partial class Bbr
{
    /// <summary>Loss of more than this part of the flight shows that the flight was too large.</summary>
    private const double LossThreshold = 0.02;

    /// <summary>Segments that must be delivered between two probes to measure the loss of the path itself.</summary>
    private const int EnoughSegments = 100;

    /// <summary>Part of a short-term bound that stays after a round with loss, where less was delivered.</summary>
    private const double Decrease = 0.7;

    private const int StartupLossEvents = 6;
    private const int MostLossEvents = 15;

    private long _bandwidthShortTerm = Infinite;
    private long _flightShortTerm = Infinite;
    private long _flightLongTerm = Infinite;
    private long _bandwidthLatest;
    private long _flightLatest;
    private long _lossRoundEnd;
    private bool _isLossRoundStart;
    private bool _isLossInRound;
    private bool _isMarkInRound;
    private long _offered;
    private long _offeredBefore;
    private long _sentBefore;
    private TimeSpan _sentSince;
    private bool _isWindowUsed;
    private ResidualLoss _residualLoss = new();
    private long _lostBefore = -1;
    private int _lossEvents;
    private bool _isProbeSample;
    private long _windowBefore;
    private bool _isRecovering;
    private long _restoreAt = Infinite;
    private BbrPhase _phaseBefore;
    private long _bandwidthShortTermBefore = Infinite;
    private long _flightShortTermBefore = Infinite;
    private long _flightLongTermBefore = Infinite;

    private long TargetFlight => Math.Min(Volume(1, Bandwidth), _window);

    /// <summary>BBRBoundCwndForModel.</summary>
    private long WindowBound
    {
        get
        {
            var bound = _phase switch
            {
                BbrPhase.ProbeCruise or BbrPhase.ProbeRoundTrip => FlightWithHeadroom,
                _ when IsProbingBandwidth => _flightLongTerm,
                _ => Infinite,
            };
            return Math.Max(Math.Min(bound, _flightShortTerm), MinimumWindow);
        }
    }

    public void OnCongestion(CongestionSignal signal, in AcknowledgmentSample sample)
    {
        if (signal is CongestionSignal.Ecn)
        {
            NoteLoss();
            _isMarkInRound = true;
            if (_isProbeSample) LowerLongTerm(sample.PriorInFlight, sample.Now);
            return;
        }

        if (signal is CongestionSignal.HandshakeLoss) _window = _segment;
        if (signal is CongestionSignal.RepeatedTimeout or CongestionSignal.HandshakeLoss) return;
        SaveWindow();
        SaveModel();
        if (signal is not CongestionSignal.Timeout) return;
        _restoreAt = _delivered + Math.Min(sample.PriorInFlight, MaximumWindow);
        _window = Math.Clamp(sample.InFlight + _segment, _segment, MaximumWindow);
    }

    /// <summary>BBRHandleSpuriousLossDetection.</summary>
    public void OnUndo()
    {
        _isLossInRound = _isMarkInRound = false;
        _pipe.Reset(0);
        _bandwidthShortTerm = Math.Max(_bandwidthShortTerm, _bandwidthShortTermBefore);
        _flightShortTerm = Math.Max(_flightShortTerm, _flightShortTermBefore);
        _flightLongTerm = Math.Max(_flightLongTerm, _flightLongTermBefore);
        _window = Math.Max(_window, _windowBefore);
        _restoreAt = Infinite;
        if (_phase is BbrPhase.ProbeRoundTrip || _phase == _phaseBefore) return;
        if (_phaseBefore is BbrPhase.Startup)
        {
            _phase = BbrPhase.Startup;
            _pipe.WasFull = false;
        }
        else if (_phaseBefore is BbrPhase.ProbeUp)
        {
            StartUp(0);
        }
    }

    /// <summary>Bytes marked lost since the sample before: by this acknowledgment, or by a timer meanwhile.</summary>
    private long TakeLost(in AcknowledgmentSample sample)
    {
        var lost = _lostBefore < 0 ? 0 : Math.Max(0, sample.TotalLost - _lostBefore);
        _lostBefore = sample.TotalLost;
        return lost;
    }

    /// <summary>BBRUpdateLatestDeliverySignals, and the loss that came to light.</summary>
    private void NoteDelivery(in AcknowledgmentSample sample, in RateSample rate, long lost)
    {
        if (lost > 0)
        {
            NoteLoss();
            if (_lossEvents < MostLossEvents) _lossEvents++;
        }

        _bandwidthLatest = Math.Max(_bandwidthLatest, rate.Bandwidth);
        _flightLatest = Math.Max(_flightLatest, rate.Delivered);
        _isWindowUsed |= sample.PriorInFlight + Pacer.Burst(_pacingRate, _segment) > _window;
        _isLossRoundStart = sample.PriorDelivered >= _lossRoundEnd;
        if (_isLossRoundStart) _lossRoundEnd = sample.TotalDelivered;
    }

    private void NoteLoss()
    {
        if (!_isLossInRound)
        {
            _lossRoundEnd = _delivered;
            SaveModel();
        }

        _isLossInRound = true;
    }

    /// <summary>
    /// Once a round: where nothing is being probed, toward what the path delivered in it (section 5.5.10.3). The draft does so
    /// for any loss, and as what is delivered is less than what was bound by the loss and by the pacing's margin, a little random
    /// loss takes half of the rate in the 63 rounds between two probes, and a loss after a phase that sends less on purpose, or a
    /// host that came late, takes as much as that did. Here the bounds follow only as far as the path took less than it was
    /// offered in this round and the one before, with the loss that is tolerated counted as taken; that is where another flow
    /// takes its share.
    /// </summary>
    private void AnswerLossOfRound(in AcknowledgmentSample sample)
    {
        var offered = OfferedInRound(sample);
        if (_isLossInRound && !IsAccelerating && !IsEmptied(sample))
        {
            if (_bandwidthShortTerm == Infinite) _bandwidthShortTerm = MaximumBandwidthSeen;
            if (_flightShortTerm == Infinite) _flightShortTerm = _window;
            var taken = _bandwidthLatest / ((1 - LossThreshold - _residualLoss.Value) * Math.Min(offered, _offeredBefore));
            var kept = _isMarkInRound ? Decrease : Math.Clamp(taken, Decrease, 1);
            _bandwidthShortTerm = Math.Max(_bandwidthLatest, (long)(kept * _bandwidthShortTerm));
            _flightShortTerm = Math.Max(_flightLatest, (long)(kept * _flightShortTerm));
        }

        _isLossInRound = _isMarkInRound = _isWindowUsed = false;
        (_offeredBefore, _offered) = (offered, _pacingRate);
        (_sentBefore, _sentSince) = (SentBy(sample), sample.Now);
    }

    /// <summary>
    /// Bytes a second that the lowest pacing rate of the round allowed. Where the window did not limit the sender either, the
    /// rate of the host.
    /// </summary>
    private long OfferedInRound(in AcknowledgmentSample sample)
    {
        var time = (sample.Now - _sentSince).TotalSeconds;
        if (_isWindowUsed || time <= 0) return _offered;
        return Math.Clamp((long)((SentBy(sample) - _sentBefore) / time), 1, _offered);
    }

    /// <summary>All bytes sent, retransmissions too: each was delivered, was lost, or is in flight.</summary>
    private static long SentBy(in AcknowledgmentSample sample) => sample.TotalDelivered + sample.TotalLost + sample.InFlight;

    /// <summary>The round is one of ProbeRTT, which keeps the path half empty.</summary>
    private bool IsEmptied(in AcknowledgmentSample sample) =>
        _phase is BbrPhase.ProbeRoundTrip || sample.PriorDelivered < _drainedThrough;

    private void ForgetShortTerm() => _bandwidthShortTerm = _flightShortTerm = Infinite;

    /// <summary>IsInflightTooHigh.</summary>
    private bool IsFlightTooHigh(in AcknowledgmentSample sample) =>
        sample.TotalLost - sample.PriorLost > sample.FlightAtSend * LossThreshold
            + _residualLoss.Likely(sample.FlightAtSend, _segment);

    /// <summary>Zero while one or two segments are sent at a time.</summary>
    private TimeSpan BurstTime
    {
        get
        {
            var burst = Pacer.Burst(_pacingRate, _segment);
            return burst > 2 * _segment ? TimeSpan.FromSeconds((double)burst / _pacingRate) : TimeSpan.Zero;
        }
    }

    /// <summary>True: the probe brought too much loss, and is answered once.</summary>
    private bool AnswerProbeLoss(in AcknowledgmentSample sample, in RateSample rate)
    {
        if (!IsFlightTooHigh(sample)) return false;
        if (!_isProbeSample) return true;
        if (rate.IsLimited)
        {
            _isProbeSample = false;
            if (_phase is BbrPhase.ProbeUp) StartDown(sample.Now);
        }
        else
        {
            LowerLongTerm(sample.FlightAtSend, sample.Now);
        }

        return true;
    }

    /// <summary>BBRHandleInflightTooHigh.</summary>
    private void LowerLongTerm(long flight, TimeSpan now)
    {
        _isProbeSample = false;
        _flightLongTerm = Math.Min(Math.Max(flight, (long)(TargetFlight * Decrease)), MaximumWindow);
        if (_phase is BbrPhase.ProbeUp) StartDown(now);
    }

    /// <summary>
    /// Section 5.3.1.3. A deviation: loss ends Startup only where a round brought no quarter more, as a full pipe does not. With
    /// 3 % of random loss the draft ends it at any rate, and then no probe gets beyond what it had reached.
    /// </summary>
    private void CheckStartupLoss(in AcknowledgmentSample sample)
    {
        if (!_isLossRoundStart) return;
        if (_pipe is { WasFull: false, IsSlowing: true } && sample.IsRecovering && _lossEvents >= StartupLossEvents
            && IsFlightTooHigh(sample))
        {
            _pipe.WasFull = true;
            _flightLongTerm = Math.Min(Math.Max(Volume(1, Bandwidth), _flightLatest), MaximumWindow);
        }

        _lossEvents = 0;
    }

    private void SaveModel() =>
        (_phaseBefore, _bandwidthShortTermBefore, _flightShortTermBefore, _flightLongTermBefore) =
        (_phase, _bandwidthShortTerm, _flightShortTerm, _flightLongTerm);

    /// <summary>The last window that was not set by a recovery or ProbeRTT.</summary>
    private void SaveWindow() => _windowBefore = _isRecovering || _restoreAt != Infinite || _phase is BbrPhase.ProbeRoundTrip
        ? Math.Max(_windowBefore, _window)
        : _window;

    private void RestoreAfterRecovery(in AcknowledgmentSample sample)
    {
        var isOver = _isRecovering && !sample.IsRecovering;
        _isRecovering = sample.IsRecovering;
        if (!isOver && sample.TotalDelivered < _restoreAt) return;
        _restoreAt = Infinite;
        if (_phase is not BbrPhase.ProbeRoundTrip) _window = Math.Max(_window, _windowBefore);
    }
}
