namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>
/// CUBIC (RFC 9438), with HyStart++ (RFC 9406) for the first slow start and a gentler answer to marks (RFC 8511).
/// </summary>
internal sealed class Cubic : LossBasedControl
{
    public const string AlgorithmName = "cubic";

    private const int OwnNumbers = 8;
    private const int PriorNumbers = 6;
    private const int ExportedNumbers = SharedNumbers + OwnNumbers + PriorNumbers + HyStart.Numbers;

    /// <summary>beta_cubic (section 4.6).</summary>
    private const double LossDecrease = 0.7;

    /// <summary>RFC 8511 section 3.</summary>
    private const double EcnDecrease = 0.85;

    /// <summary>
    /// alpha_cubic while the estimate is below the window before the decrease: what makes it fair to Reno (section 4.3).
    /// </summary>
    private const double FriendlyIncrease = 3 * (1 - LossDecrease) / (1 + LossDecrease);

    /// <summary>The largest growth of the window in one round trip (section 4.2).</summary>
    private const double LargestStep = 1.5;

    private const double MostSegments = MaximumWindow;
    private HyStart _hyStart = new();

    /// <summary>W_max in segments; 0: none, the next epoch's plateau is where it starts (sections 4.8 and 4.10).</summary>
    private double _maximum;

    private CubicCurve _curve;

    /// <summary>W_est.</summary>
    private double _estimate;

    /// <summary>cwnd_prior.</summary>
    private double _windowBeforeDecrease;

    /// <summary>Part of a byte by which the window has grown.</summary>
    private double _fraction;

    private TimeSpan? _epoch;
    private TimeSpan _lastAcknowledged;
    private Prior _prior;

    public Cubic(int maximumSegment, uint window, uint threshold, ReadOnlySpan<long> exported, TimeSpan now)
        : base(maximumSegment)
    {
        RestoreWindow(window, threshold);
        if (exported.Length == ExportedNumbers) RestorePrivate(new PrivateNumbers(exported, now), now);
    }

    public override string Name => AlgorithmName;

    private double WindowSegments => (Window + _fraction) / Segment;

    public override void OnUndo()
    {
        base.OnUndo();
        (_maximum, _curve, _windowBeforeDecrease, _epoch) =
            (_prior.Maximum, _prior.Curve, _prior.WindowBeforeDecrease, _prior.Epoch);
        _estimate = Math.Max(_estimate, _prior.Estimate);
    }

    /// <summary>Figures in segments are converted to the new size, and a new epoch begins.</summary>
    public override void OnSegmentSize(int maximumSegment)
    {
        var ratio = (double)Segment / maximumSegment;
        base.OnSegmentSize(maximumSegment);
        _maximum = Math.Min(_maximum * ratio, MostSegments);
        _estimate = Math.Min(_estimate * ratio, MostSegments);
        _windowBeforeDecrease = Math.Min(_windowBeforeDecrease * ratio, MostSegments);
        _epoch = null;
        _prior = new Prior(_maximum, default, _windowBeforeDecrease, _estimate, Epoch: null);
    }

    public override long[] Export(TimeSpan now)
    {
        var numbers = new long[ExportedNumbers];
        ExportShared(numbers, now);
        var own = numbers.AsSpan(SharedNumbers);
        own[0] = PrivateNumbers.Write(_maximum);
        own[1] = PrivateNumbers.Write(_curve.Maximum);
        own[2] = PrivateNumbers.Write(_curve.Inflection);
        own[3] = PrivateNumbers.Write(_estimate);
        own[4] = PrivateNumbers.Write(_windowBeforeDecrease);
        own[5] = PrivateNumbers.Write(_fraction);
        own[6] = PrivateNumbers.Write(_epoch, now);
        own[7] = PrivateNumbers.Write(_lastAcknowledged, now);
        _prior.Export(own[OwnNumbers..], now);
        _hyStart.Export(own[(OwnNumbers + PriorNumbers)..]);
        return numbers;
    }

    protected override double Decrease(CongestionSignal signal) => signal is CongestionSignal.Ecn ? EcnDecrease : LossDecrease;

    protected override uint SlowStart(uint bytes, in AcknowledgmentSample sample)
    {
        _lastAcknowledged = sample.Now;
        if (SlowStartThreshold != uint.MaxValue) return base.SlowStart(bytes, sample);
        var isOver = _hyStart.OnAcknowledged(sample);
        Grow(_hyStart.Growth(bytes));
        if (isOver) SlowStartThreshold = Window;
        return bytes;
    }

    protected override void AvoidCongestion(uint bytes, in AcknowledgmentSample sample)
    {
        if (_epoch is null) BeginEpoch(sample.Now);
        _lastAcknowledged = sample.Now;
        var window = WindowSegments;
        var segments = (double)bytes / Segment;
        var elapsed = (sample.Now - _epoch!.Value).TotalSeconds;

        // Section 4.3; from where the estimate has the window before the decrease, Reno's own increase.
        var increase = _estimate >= _windowBeforeDecrease ? 1 : FriendlyIncrease;
        _estimate = Math.Min(_estimate + increase * segments / window, MostSegments);
        if (_curve.At(elapsed) < _estimate)
        {
            GrowTo(_estimate);
            return;
        }

        // Sections 4.4 and 4.5: the concave and the convex region.
        var target = Math.Clamp(_curve.At(elapsed + sample.SmoothedRoundTrip.TotalSeconds), window, LargestStep * window);
        GrowTo(window + (target - window) / window * Math.Min(segments, window));
    }

    protected override void OnDecrease(CongestionSignal signal)
    {
        _prior = new Prior(_maximum, _curve, _windowBeforeDecrease, _estimate, _epoch);
        var window = WindowSegments;
        _epoch = null;
        _fraction = 0;
        _windowBeforeDecrease = window;
        if (signal is CongestionSignal.Timeout) _maximum = 0; // section 4.8
        else _maximum = window < _maximum ? window * (1 + LossDecrease) / 2 : window; // section 4.7, fast convergence
    }

    /// <summary>Section 4.2: the epoch leaves out the time in which the application limited the sender.</summary>
    protected override void OnWindowUnused(TimeSpan now)
    {
        if (_epoch is { } epoch) _epoch = epoch + (now - _lastAcknowledged);
        _lastAcknowledged = now;
    }

    private void BeginEpoch(TimeSpan now)
    {
        _epoch = now;
        _estimate = WindowSegments;
        _curve = CubicCurve.From(_maximum, WindowSegments);
    }

    private void GrowTo(double segments)
    {
        var bytes = Math.Clamp(segments * Segment, Window, MaximumWindow);
        Window = (uint)bytes;
        _fraction = bytes - Window;
    }

    private void RestorePrivate(PrivateNumbers numbers, TimeSpan now)
    {
        RestoreShared(ref numbers, now);
        _maximum = numbers.ReadDouble(0, MostSegments);
        _curve = ReadCurve(ref numbers);
        _estimate = numbers.ReadDouble(0, MostSegments);
        _windowBeforeDecrease = numbers.ReadDouble(0, MostSegments);
        _fraction = numbers.ReadDouble(0, 1);
        _epoch = numbers.ReadOptionalTime();
        _lastAcknowledged = numbers.ReadTime();
        _prior = Prior.Restore(ref numbers);
        _hyStart.Restore(ref numbers);
    }

    private static CubicCurve ReadCurve(ref PrivateNumbers numbers)
    {
        var maximum = numbers.ReadDouble(0, MostSegments);
        return new CubicCurve(maximum, numbers.ReadDouble(0, MostSegments));
    }

    /// <summary>The state that an undo restores.</summary>
    private readonly record struct Prior(
        double Maximum, CubicCurve Curve, double WindowBeforeDecrease, double Estimate, TimeSpan? Epoch)
    {
        public void Export(Span<long> numbers, TimeSpan now)
        {
            numbers[0] = PrivateNumbers.Write(Maximum);
            numbers[1] = PrivateNumbers.Write(Curve.Maximum);
            numbers[2] = PrivateNumbers.Write(Curve.Inflection);
            numbers[3] = PrivateNumbers.Write(WindowBeforeDecrease);
            numbers[4] = PrivateNumbers.Write(Estimate);
            numbers[5] = PrivateNumbers.Write(Epoch, now);
        }

        public static Prior Restore(ref PrivateNumbers numbers)
        {
            var maximum = numbers.ReadDouble(0, MostSegments);
            var curve = ReadCurve(ref numbers);
            var windowBeforeDecrease = numbers.ReadDouble(0, MostSegments);
            var estimate = numbers.ReadDouble(0, MostSegments);
            return new Prior(maximum, curve, windowBeforeDecrease, estimate, numbers.ReadOptionalTime());
        }
    }
}
