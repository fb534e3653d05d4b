namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>The states and every change of them (draft-ietf-ccwg-bbr section 5.3).</summary>
internal sealed partial class Bbr
{
    private const double ProbeRoundTripGain = 0.5;

    /// <summary>Part of the long-term bound that is left to others while cruising.</summary>
    private const double Headroom = 0.15;

    private const int DrainRounds = 3;

    /// <summary>
    /// Rounds after which flows with a small pipe probe, so that Reno and CUBIC beside them get their share (section 5.3.3.5.2).
    /// </summary>
    private const int RenoRounds = 63;

    private const int MostProbeUpRounds = 30;
    private static readonly TimeSpan ProbeWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ProbeRoundTripDuration = TimeSpan.FromMilliseconds(200);

    private BbrFeedback _feedback;
    private long _drainStart;
    private long _roundsSinceProbe;
    private TimeSpan _cycleStart;
    private TimeSpan _probeWait;
    private int _probeUpRounds;
    private long _probeUpAcknowledged;
    private long _probeUpStep = Infinite;
    private bool _isFlightReached;
    private TimeSpan _flightReachedAt;
    private bool _isProbeRoundDone;
    private long _drainedThrough;

    private bool IsProbingBandwidth =>
        _phase is BbrPhase.ProbeDown or BbrPhase.ProbeCruise or BbrPhase.ProbeRefill or BbrPhase.ProbeUp;

    private bool IsAccelerating => _phase is BbrPhase.Startup or BbrPhase.ProbeRefill or BbrPhase.ProbeUp;

    private long ProbeRoundTripWindow => Math.Max(Volume(ProbeRoundTripGain, Bandwidth), MinimumWindow);

    private long FlightWithHeadroom => _flightLongTerm == Infinite
        ? Infinite
        : Math.Max(_flightLongTerm - Math.Max(_segment, (long)(Headroom * _flightLongTerm)), MinimumWindow);

    private void UpdatePhase(in AcknowledgmentSample sample, in RateSample rate)
    {
        CheckStartupLoss(sample);
        if (_phase is BbrPhase.Startup && _pipe.WasFull) EnterDrain();
        if (_phase is BbrPhase.Drain && (sample.InFlight <= FlightFor(1, Bandwidth) || _round > _drainStart + DrainRounds))
            StartDown(sample.Now);
        if (_pipe.WasFull) AdvanceCycle(sample, rate);
        _roundTrip.Add(sample.RoundTrip, sample.Now);
        CheckProbeRoundTrip(sample);
        _isRestarting = false;
    }

    private void EnterDrain()
    {
        _phase = BbrPhase.Drain;
        _drainStart = _round;
    }

    /// <summary>BBRUpdateProbeBWCyclePhase.</summary>
    private void AdvanceCycle(in AcknowledgmentSample sample, in RateSample rate)
    {
        AdaptLongTerm(sample, rate);
        switch (_phase)
        {
            case BbrPhase.ProbeDown:
                if (IsTimeToProbe(sample.Now)) StartRefill(sample);
                else if (sample.InFlight <= FlightWithHeadroom && sample.InFlight <= FlightFor(1, MaximumBandwidthSeen))
                    _phase = BbrPhase.ProbeCruise;
                break;
            case BbrPhase.ProbeCruise:
                if (IsTimeToProbe(sample.Now)) StartRefill(sample);
                break;
            case BbrPhase.ProbeRefill:
                if (!_isRoundStart) break;
                _isProbeSample = true;
                StartUp(rate.Bandwidth);
                break;
            case BbrPhase.ProbeUp:
                // The bound, not the path, limits the rate.
                if (sample.IsWindowLimited && _window >= _flightLongTerm) _pipe.Reset(rate.Bandwidth);
                else if (_pipe.IsFull) StartDown(sample.Now);
                break;
        }
    }

    private void StartDown(TimeSpan now)
    {
        _isLossInRound = _isMarkInRound = false;
        _bandwidthLatest = _flightLatest = 0;
        _probeUpStep = Infinite;
        _roundsSinceProbe = _random.Next(2);
        _probeWait = ProbeWait + new TimeSpan(_random.Next(TimeSpan.TicksPerSecond));
        _cycleStart = now;
        _feedback = BbrFeedback.ProbeStopping;
        StartRound();
        _phase = BbrPhase.ProbeDown;
    }

    private void StartRefill(in AcknowledgmentSample sample)
    {
        _residualLoss.End(sample, EnoughSegments * _segment);
        ForgetShortTerm();
        _probeUpRounds = 0;
        _probeUpAcknowledged = 0;
        _feedback = BbrFeedback.Refilling;
        StartRound();
        _phase = BbrPhase.ProbeRefill;
    }

    private void StartUp(long bandwidth)
    {
        _feedback = BbrFeedback.ProbeStarting;
        StartRound();
        _pipe.Reset(bandwidth);
        _phase = BbrPhase.ProbeUp;
        RaiseProbeStep();
    }

    /// <summary>BBRIsTimeToProbeBW: after two to three seconds, or as many rounds as the pipe holds segments.</summary>
    private bool IsTimeToProbe(TimeSpan now) =>
        now > _cycleStart + _probeWait || _roundsSinceProbe >= Math.Min(TargetFlight / _segment, RenoRounds);

    /// <summary>BBRAdaptLongTermModel.</summary>
    private void AdaptLongTerm(in AcknowledgmentSample sample, in RateSample rate)
    {
        if (_feedback is BbrFeedback.ProbeStarting && _isRoundStart) _feedback = BbrFeedback.ProbeFeedback;
        if (_feedback is BbrFeedback.ProbeStopping && _isRoundStart)
        {
            // The next round's acknowledgments are of what was sent after the probe.
            _isProbeSample = false;
            _feedback = BbrFeedback.None;
            _residualLoss.Begin(sample);
            if (IsProbingBandwidth && !rate.IsLimited) AdvanceBandwidthFilter();
        }

        if (AnswerProbeLoss(sample, rate) || _flightLongTerm == Infinite) return;
        if (sample.FlightAtSend > _flightLongTerm) _flightLongTerm = sample.FlightAtSend;
        if (_phase is BbrPhase.ProbeUp) RaiseLongTerm(sample);
    }

    /// <summary>BBRProbeInflightLongtermUpward: by one segment in the first round, twice as many in each that follows.</summary>
    private void RaiseLongTerm(in AcknowledgmentSample sample)
    {
        if (!sample.IsWindowLimited || _window < _flightLongTerm) return;
        _probeUpAcknowledged += sample.Delivered;
        if (_probeUpAcknowledged >= _probeUpStep)
        {
            var segments = _probeUpAcknowledged / _probeUpStep;
            _probeUpAcknowledged -= segments * _probeUpStep;
            _flightLongTerm = Math.Min(_flightLongTerm + segments * _segment, MaximumWindow);
        }

        if (_isRoundStart) RaiseProbeStep();
    }

    /// <summary>Bytes to be acknowledged for one segment more.</summary>
    private void RaiseProbeStep()
    {
        _probeUpStep = Math.Max(_window >> _probeUpRounds, _segment);
        _probeUpRounds = Math.Min(_probeUpRounds + 1, MostProbeUpRounds);
    }

    /// <summary>BBRCheckProbeRTT.</summary>
    private void CheckProbeRoundTrip(in AcknowledgmentSample sample)
    {
        if (_phase is not BbrPhase.ProbeRoundTrip)
        {
            if (!_roundTrip.IsProbeDue || _isRestarting) return;
            SaveWindow();
            _phase = BbrPhase.ProbeRoundTrip;
            _isFlightReached = false;
            _feedback = BbrFeedback.ProbeStopping;
            StartRound();
        }

        _drainedThrough = sample.TotalDelivered + sample.InFlight; // rates of segments sent meanwhile show nothing
        if (!_isFlightReached)
        {
            if (sample.InFlight > ProbeRoundTripWindow) return;
            _isFlightReached = true;
            _flightReachedAt = sample.Now;
            _isProbeRoundDone = false;
            StartRound();
            return;
        }

        _isProbeRoundDone |= _isRoundStart;
        if (_isProbeRoundDone) EndProbeRoundTrip(sample.Now);
    }

    /// <summary>BBRCheckProbeRTTDone.</summary>
    private void EndProbeRoundTrip(TimeSpan now)
    {
        if (!_isFlightReached || now <= _flightReachedAt + ProbeRoundTripDuration) return;
        _roundTrip.OnProbed(now);
        _window = Math.Max(_window, _windowBefore);
        ForgetShortTerm();
        if (!_pipe.WasFull)
        {
            _phase = BbrPhase.Startup;
            return;
        }

        StartDown(now);
        _phase = BbrPhase.ProbeCruise; // the queue is empty already
    }
}
