using ActorStack.Transport.Tcp.Sending;

namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>
/// BBR version 3 (draft-ietf-ccwg-bbr-05): it sends at the measured delivery rate of the path, keeps about the path's capacity in
/// flight, and probes both from time to time. Read this file first; Bbr.Probing.cs has the states, Bbr.Loss.cs the reaction to
/// loss, Bbr.Record.cs the record. Bandwidths are bytes a second, volumes bytes.
/// </summary>
/// <remarks>
/// Deviations. Loss is judged by the newest segment an acknowledgment delivers, not by each lost one (section 5.5.10.2). What the
/// path loses by itself (<see cref="ResidualLoss"/>) is tolerated besides the draft's 2 %: with 3 % of random loss the draft
/// comes down to a tenth of the rate. Between probes a loss lowers the bounds only as far as the path took less than it was
/// offered (<see cref="AnswerLossOfRound"/>), and it ends Startup only where the rate no longer grows (<see
/// cref="CheckStartupLoss"/>). The margin of the pacing rate drains a queue; it is left out while no queue shows. The draft has
/// no ECN. RFC 3168 asks for an answer to a mark: here the marked bytes count as lost.
/// </remarks>
internal sealed partial class Bbr : ICongestionControl
{
    public const string AlgorithmName = "bbr";

    /// <summary>8 Tbit/s.</summary>
    public const long MaximumBandwidth = 1_000_000_000_000;

    private const long Infinite = long.MaxValue;
    private const long MaximumWindow = 1 << 30;
    private const double StartupPacingGain = 2.77;
    private const double DrainPacingGain = 0.5;
    private const double DefaultWindowGain = 2;

    /// <summary>The pacing rate is 1 % below the bandwidth where a queue is to be drained (section 5.6.2).</summary>
    private const double PacingMargin = 0.99;

    private const int MinimumSegments = 4;
    private const int OffloadBursts = 3;
    private static readonly TimeSpan NominalRoundTrip = TimeSpan.FromMilliseconds(1);

    private long _segment;
    private long _initialWindow;
    private BbrPhase _phase;
    private long _window;
    private long _pacingRate;
    private bool _hasRoundTrip;
    private MinimumRoundTrip _roundTrip = new();
    private FullPipe _pipe;
    private AggregationEstimate _aggregation;
    private long _bandwidthThisCycle;
    private long _bandwidthLastCycle;
    private long _delivered;
    private long _roundEnd;
    private long _round;
    private bool _isRoundStart;
    private bool _isRestarting;
    private SeededRandom _random;

    public Bbr(int maximumSegment, uint window, ReadOnlySpan<long> exported, long seed, TimeSpan now)
    {
        _segment = maximumSegment;
        _initialWindow = InitialWindow.For((uint)maximumSegment);
        _window = window > 0 ? Math.Clamp(window, _segment, MaximumWindow) : _initialWindow;
        _random = new SeededRandom(seed);
        _pacingRate = _offered = _offeredBefore = Rate(StartupPacingGain, _window, NominalRoundTrip);
        _aggregation.Restart(now);
        _sentSince = now;
        if (exported.Length == ExportedNumbers) Carry(NumberCarrier.OutOf(exported, now));
    }

    public string Name => AlgorithmName;

    public uint Window => (uint)_window;

    public uint SlowStartThreshold => uint.MaxValue;

    public long? PacingRate => _pacingRate;

    public bool UsesProportionalRateReduction => false;

    internal BbrPhase Phase => _phase;

    internal long MaximumBandwidthSeen => Math.Max(_bandwidthThisCycle, _bandwidthLastCycle);

    /// <summary>BBR.bw_shortterm; <see cref="long.MaxValue"/>: none.</summary>
    internal long ShortTermBandwidth => _bandwidthShortTerm;

    internal TimeSpan MinimumRoundTripSeen => _roundTrip.Value;

    /// <summary>BBR.bw.</summary>
    private long Bandwidth => Math.Min(MaximumBandwidthSeen, _bandwidthShortTerm);

    private long MinimumWindow => MinimumSegments * _segment;

    private double PacingGain => _phase switch
    {
        BbrPhase.Startup => StartupPacingGain,
        BbrPhase.Drain => DrainPacingGain,
        BbrPhase.ProbeDown => 0.9,
        BbrPhase.ProbeUp => 1.25,
        _ => 1,
    };

    private double WindowGain => _phase switch
    {
        BbrPhase.ProbeUp => 2.25,
        BbrPhase.ProbeRoundTrip => ProbeRoundTripGain,
        _ => DefaultWindowGain,
    };

    public void OnSegmentSize(int maximumSegment)
    {
        _segment = maximumSegment;
        _initialWindow = InitialWindow.For((uint)maximumSegment);
        _window = Math.Max(_window, _segment);
    }

    /// <summary>Section 5.2.3.</summary>
    public void OnAcknowledged(in AcknowledgmentSample sample)
    {
        if (sample.Delivered == 0) return;
        _delivered = sample.TotalDelivered;
        var rate = new RateSample(sample, isLimited: sample.IsApplicationLimited || sample.PriorDelivered < _drainedThrough);
        StartFromRoundTrip(sample);
        UpdateRound(sample);
        var lost = TakeLost(sample);
        NoteDelivery(sample, rate, lost);
        _residualLoss.OnAcknowledged(sample, lost, BurstTime);
        UpdateBandwidth(rate);
        if (_isLossRoundStart) AnswerLossOfRound(sample);
        _aggregation.Add(sample, Bandwidth, _window, _round, _pipe.WasFull);
        if (_isRoundStart && !rate.IsLimited) _pipe.OnRound(rate.Bandwidth);
        UpdatePhase(sample, rate);
        if (_isLossRoundStart) (_bandwidthLatest, _flightLatest) = (rate.Bandwidth, rate.Delivered);
        RestoreAfterRecovery(sample);
        SetPacingRate(PacingGain, IsQueued(sample) ? PacingMargin : 1);
        SetWindow(sample);
    }

    /// <summary>Section 5.4: paced at the bandwidth, the pipe is full again after one round trip. The window stays.</summary>
    public void OnSendFromIdle(TimeSpan now)
    {
        _isRestarting = true;
        _aggregation.Restart(now);
        if (IsProbingBandwidth) SetPacingRate(1, PacingMargin);
        else if (_phase is BbrPhase.ProbeRoundTrip) EndProbeRoundTrip(now);
    }

    public void OnIdleRestart(TimeSpan now)
    {
    }

    /// <summary>The first round trip replaces the guess (section 5.6.2).</summary>
    private void StartFromRoundTrip(in AcknowledgmentSample sample)
    {
        if (_hasRoundTrip || sample.SmoothedRoundTrip <= TimeSpan.Zero) return;
        _hasRoundTrip = true;
        _pacingRate = Rate(StartupPacingGain, _window, sample.SmoothedRoundTrip);
    }

    /// <summary>Section 5.5.1: a round is over when something sent after its start is delivered.</summary>
    private void UpdateRound(in AcknowledgmentSample sample)
    {
        _isRoundStart = sample.PriorDelivered >= _roundEnd;
        if (!_isRoundStart) return;
        StartRound();
        _round++;
        _roundsSinceProbe++;
    }

    private void StartRound() => _roundEnd = _delivered;

    /// <summary>Section 5.5.5.</summary>
    private void UpdateBandwidth(in RateSample rate)
    {
        if (rate.Bandwidth > 0 && (rate.Bandwidth >= MaximumBandwidthSeen || !rate.IsLimited))
            _bandwidthThisCycle = Math.Max(_bandwidthThisCycle, rate.Bandwidth);
    }

    /// <summary>Section 5.5.6: the filter holds two cycles of probing.</summary>
    private void AdvanceBandwidthFilter()
    {
        if (_bandwidthThisCycle == 0) return;
        (_bandwidthLastCycle, _bandwidthThisCycle) = (_bandwidthThisCycle, 0);
    }

    /// <summary>A queue shows, or a probe found a queue so small that it overflows before it shows.</summary>
    private bool IsQueued(in AcknowledgmentSample sample) =>
        _flightLongTerm != Infinite || sample.SawQueue(sample.SmoothedRoundTrip, BurstTime);

    /// <summary>Section 5.6.2: until the pipe was full once, the rate only grows.</summary>
    private void SetPacingRate(double gain, double margin)
    {
        var rate = Math.Clamp((long)(gain * margin * Bandwidth), _segment, MaximumBandwidth);
        if (Bandwidth > 0 && (_pipe.WasFull || rate > _pacingRate)) _pacingRate = rate;
        _offered = Math.Min(_offered, _pacingRate);
    }

    /// <summary>Section 5.6.4.6: grows by no more than what was delivered, shrinks at once.</summary>
    private void SetWindow(in AcknowledgmentSample sample)
    {
        var most = WithOffloadBudget(Volume(WindowGain, Bandwidth) + _aggregation.Value);
        if (_pipe.WasFull) _window = Math.Min(_window + sample.Delivered, most);
        else if (_window < most || _delivered < _initialWindow) _window += sample.Delivered;
        _window = Math.Max(_window, MinimumWindow);
        if (_phase is BbrPhase.ProbeRoundTrip) _window = Math.Min(_window, ProbeRoundTripWindow);
        _window = Math.Min(Math.Min(_window, WindowBound), MaximumWindow);
    }

    /// <summary>BBRBDPMultiple.</summary>
    private long Volume(double gain, long bandwidth) => _roundTrip.IsKnown
        ? (long)Math.Min(gain * bandwidth * _roundTrip.Value.TotalSeconds, MaximumWindow)
        : _initialWindow;

    /// <summary>BBRInflight.</summary>
    private long FlightFor(double gain, long bandwidth) => WithOffloadBudget(Volume(gain, bandwidth));

    /// <summary>Room for one burst in the sender, one on the path and one in the receiver (section 5.5.8).</summary>
    private long WithOffloadBudget(long volume)
    {
        volume = Math.Max(Math.Max(volume, OffloadBursts * Pacer.Burst(_pacingRate, _segment)), MinimumWindow);
        return _phase is BbrPhase.ProbeUp ? volume + 2 * _segment : volume;
    }

    private static long Rate(double gain, long bytes, TimeSpan time) =>
        Math.Clamp((long)(gain * bytes / time.TotalSeconds), 1, MaximumBandwidth);

    /// <summary>The delivery rate that an acknowledgment measured; 0: it measured none.</summary>
    private readonly ref struct RateSample(in AcknowledgmentSample sample, bool isLimited)
    {
        public long Delivered { get; } = Math.Max(0, sample.TotalDelivered - sample.PriorDelivered);

        public long Bandwidth { get; } = sample.Interval <= TimeSpan.Zero || sample.TotalDelivered <= sample.PriorDelivered
            ? 0
            : (long)Math.Min((sample.TotalDelivered - sample.PriorDelivered) / sample.Interval.TotalSeconds, MaximumBandwidth);

        public bool IsLimited => isLimited;
    }
}
