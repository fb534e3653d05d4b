namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>
/// Slow start and congestion avoidance of RFC 5681, counted in bytes (RFC 3465). An acknowledgment counts whole, however much it
/// covers: with RFC 3465's limit of two segments, a receiver with receive offload would hold the window down.
/// </summary>
internal sealed class Reno : LossBasedControl
{
    public const string AlgorithmName = "reno";

    private const int ExportedNumbers = SharedNumbers + 1;
    private const double LossDecrease = 0.5;

    /// <summary>RFC 8511 section 3: a mark comes from a short queue, which a smaller decrease drains.</summary>
    private const double EcnDecrease = 0.8;

    private uint _acknowledged;

    public Reno(int maximumSegment, uint window, uint threshold, ReadOnlySpan<long> exported, TimeSpan now)
        : base(maximumSegment)
    {
        RestoreWindow(window, threshold);
        if (exported.Length != ExportedNumbers) return;
        var numbers = new PrivateNumbers(exported, now);
        RestoreShared(ref numbers, now);
        _acknowledged = numbers.ReadBytes(MaximumWindow);
    }

    public override string Name => AlgorithmName;

    public override long[] Export(TimeSpan now)
    {
        var numbers = new long[ExportedNumbers];
        ExportShared(numbers, now);
        numbers[SharedNumbers] = _acknowledged;
        return numbers;
    }

    protected override double Decrease(CongestionSignal signal) => signal is CongestionSignal.Ecn ? EcnDecrease : LossDecrease;

    /// <summary>RFC 3465 section 2.1: one segment for each window acknowledged.</summary>
    protected override void AvoidCongestion(uint bytes, in AcknowledgmentSample sample)
    {
        _acknowledged += Math.Min(bytes, MaximumWindow);
        if (_acknowledged < Window) return;
        _acknowledged -= Window;
        Grow(Segment);
    }

    protected override void OnDecrease(CongestionSignal signal) => _acknowledged = 0;

    protected override void OnWindowUnused(TimeSpan now)
    {
    }
}
