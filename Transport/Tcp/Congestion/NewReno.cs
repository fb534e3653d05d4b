namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>Slow start and congestion avoidance of RFC 5681, counted in bytes.</summary>
internal sealed class NewReno : ICongestionControl
{
    public const string AlgorithmName = "newreno";

    private const uint MaximumWindow = 1 << 30;
    private readonly uint _segment;
    private uint _acknowledged;
    private uint _windowBefore;
    private uint _thresholdBefore;

    public NewReno(int maximumSegment)
    {
        _segment = (uint)maximumSegment;
        Window = InitialWindow;
    }

    public NewReno(int maximumSegment, uint window, uint threshold, ReadOnlySpan<long> exported)
        : this(maximumSegment)
    {
        if (window > 0) Window = Math.Max(window, _segment); // below one segment nothing could be sent
        if (threshold > 0) SlowStartThreshold = threshold;
        if (exported.Length < 3) return;
        _acknowledged = (uint)exported[0];
        _windowBefore = (uint)exported[1];
        _thresholdBefore = (uint)exported[2];
    }

    public string Name => AlgorithmName;

    public uint Window { get; private set; }

    public uint SlowStartThreshold { get; private set; } = uint.MaxValue;

    /// <summary>RFC 6928 section 2.</summary>
    private uint InitialWindow => Math.Min(10 * _segment, Math.Max(2 * _segment, 14_600));

    public void OnAcknowledged(in AcknowledgmentSample sample)
    {
        if (sample.IsRecovering || !sample.IsWindowLimited) return;
        var bytes = sample.Acknowledged;
        if (Window < SlowStartThreshold)
        {
            var grown = Math.Min(bytes, SlowStartThreshold - Window);
            Grow(grown);
            bytes -= grown;
        }

        _acknowledged += bytes;
        if (_acknowledged < Window) return;
        _acknowledged -= Window;
        Grow(_segment);
    }

    public void OnCongestion(CongestionSignal signal, in AcknowledgmentSample sample)
    {
        (_windowBefore, _thresholdBefore) = (Window, SlowStartThreshold);
        if (signal is not CongestionSignal.RepeatedTimeout) SlowStartThreshold = HalfOf(sample.PriorInFlight);
        Window = signal is CongestionSignal.Loss or CongestionSignal.Ecn ? SlowStartThreshold : _segment;
        _acknowledged = 0;
    }

    public void OnUndo()
    {
        Window = Math.Max(Window, _windowBefore);
        SlowStartThreshold = Math.Max(SlowStartThreshold, _thresholdBefore);
    }

    public void OnIdleRestart(TimeSpan now) => Window = Math.Min(Window, InitialWindow);

    public long[] Export(TimeSpan now) => [_acknowledged, _windowBefore, _thresholdBefore];

    /// <summary>RFC 5681 equation 4.</summary>
    private uint HalfOf(uint inFlight) => Math.Max(inFlight / 2, 2 * _segment);

    private void Grow(uint bytes) => Window = Math.Min(Window + bytes, MaximumWindow);
}
