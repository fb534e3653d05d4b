namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>The state of BBR to the record and back.</summary>
internal sealed partial class Bbr
{
    internal const int ExportedNumbers = 69;

    public long[] Export(TimeSpan now)
    {
        var numbers = new long[ExportedNumbers];
        Carry(NumberCarrier.Into(numbers, now));
        return numbers;
    }

    private void Carry(NumberCarrier numbers)
    {
        CarryModel(ref numbers);
        CarryCycle(ref numbers);
        CarryLoss(ref numbers);
    }

    private void CarryModel(ref NumberCarrier numbers)
    {
        CarryPhase(ref numbers, ref _phase);
        numbers.Carry(ref _pacingRate, 1, MaximumBandwidth);
        numbers.Carry(ref _hasRoundTrip);
        _roundTrip.Carry(ref numbers);
        _pipe.Carry(ref numbers);
        numbers.Carry(ref _bandwidthThisCycle, 0, MaximumBandwidth);
        numbers.Carry(ref _bandwidthLastCycle, 0, MaximumBandwidth);
        numbers.Carry(ref _delivered, 0, Infinite / 4);
        numbers.Carry(ref _roundEnd, 0, Infinite / 4);
        numbers.Carry(ref _round, 0, Infinite / 4);
        numbers.Carry(ref _isRoundStart);
        numbers.Carry(ref _isRestarting);
        numbers.Carry(ref _random.State, long.MinValue, long.MaxValue);
        _aggregation.Carry(ref numbers, _round);
    }

    private void CarryCycle(ref NumberCarrier numbers)
    {
        var feedback = (int)_feedback;
        numbers.Carry(ref feedback, 0, (int)BbrFeedback.ProbeStopping);
        _feedback = (BbrFeedback)feedback;
        numbers.Carry(ref _drainStart, 0, Infinite / 4);
        numbers.Carry(ref _roundsSinceProbe, 0, Infinite / 4);
        numbers.CarryTime(ref _cycleStart);
        numbers.CarryDuration(ref _probeWait);
        if (_probeWait > 2 * ProbeWait) _probeWait = ProbeWait;
        numbers.Carry(ref _probeUpRounds, 0, MostProbeUpRounds);
        numbers.Carry(ref _probeUpAcknowledged, 0, MaximumWindow);
        numbers.Carry(ref _probeUpStep, 1, Infinite);
        numbers.Carry(ref _isFlightReached);
        numbers.CarryTime(ref _flightReachedAt);
        numbers.Carry(ref _isProbeRoundDone);
        numbers.Carry(ref _drainedThrough, 0, Infinite / 4);
    }

    private void CarryLoss(ref NumberCarrier numbers)
    {
        numbers.Carry(ref _bandwidthShortTerm, 0, Infinite);
        numbers.Carry(ref _flightShortTerm, 0, Infinite);
        numbers.Carry(ref _flightLongTerm, 0, Infinite);
        numbers.Carry(ref _bandwidthLatest, 0, MaximumBandwidth);
        numbers.Carry(ref _flightLatest, 0, Infinite / 4);
        numbers.Carry(ref _lossRoundEnd, 0, Infinite / 4);
        numbers.Carry(ref _isLossRoundStart);
        numbers.Carry(ref _isLossInRound);
        numbers.Carry(ref _isMarkInRound);
        numbers.Carry(ref _offered, 1, MaximumBandwidth);
        numbers.Carry(ref _offeredBefore, 1, MaximumBandwidth);
        numbers.Carry(ref _sentBefore, 0, Infinite / 4);
        numbers.CarryTime(ref _sentSince);
        numbers.Carry(ref _isWindowUsed);
        _residualLoss.Carry(ref numbers, Infinite / 4);
        numbers.Carry(ref _lostBefore, -1, Infinite / 4);
        numbers.Carry(ref _lossEvents, 0, MostLossEvents);
        numbers.Carry(ref _isProbeSample);
        numbers.Carry(ref _windowBefore, 0, MaximumWindow);
        numbers.Carry(ref _isRecovering);
        numbers.Carry(ref _restoreAt, 0, Infinite);
        CarryPhase(ref numbers, ref _phaseBefore);
        numbers.Carry(ref _bandwidthShortTermBefore, 0, Infinite);
        numbers.Carry(ref _flightShortTermBefore, 0, Infinite);
        numbers.Carry(ref _flightLongTermBefore, 0, Infinite);
    }

    private static void CarryPhase(ref NumberCarrier numbers, ref BbrPhase phase)
    {
        var number = (int)phase;
        numbers.Carry(ref number, 0, (int)BbrPhase.ProbeRoundTrip);
        phase = (BbrPhase)number;
    }
}
