namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>
/// The common part of algorithms that react to loss: the window and its threshold, slow start, the reaction of RFC 5681 to a
/// timeout and of RFC 7661 to an application that does not use the window, and undo.
/// </summary>
internal abstract class LossBasedControl : ICongestionControl
{
    protected const uint MaximumWindow = 1 << 30;

    /// <summary>Numbers that this class puts before those of the algorithm.</summary>
    protected const int SharedNumbers = 2 + CongestionWindowValidation.Numbers;

    private uint _initialWindow;
    private CongestionWindowValidation _validation;
    private uint _windowBefore;
    private uint _thresholdBefore = uint.MaxValue;

    protected LossBasedControl(int maximumSegment)
    {
        Segment = (uint)maximumSegment;
        Window = _initialWindow = InitialWindow.For(Segment);
    }

    public abstract string Name { get; }

    public uint Window { get; protected set; }

    public uint SlowStartThreshold { get; protected set; } = uint.MaxValue;

    protected uint Segment { get; private set; }

    /// <summary>Part of the window that stays after <paramref name="signal"/>.</summary>
    protected abstract double Decrease(CongestionSignal signal);

    public void OnAcknowledged(in AcknowledgmentSample sample)
    {
        if (_validation.OnAcknowledged(sample, Window)) Shrink();
        if (sample.IsRecovering || sample.Acknowledged == 0) return;
        var room = GrowthAllowed(sample);
        if (room == 0)
        {
            OnWindowUnused(sample.Now);
            return;
        }

        var bytes = sample.Acknowledged;
        if (Window < SlowStartThreshold) bytes -= SlowStart(Math.Min(bytes, room), sample);
        if (bytes > 0 && Window >= SlowStartThreshold && sample.IsWindowLimited) AvoidCongestion(bytes, sample);
    }

    public void OnCongestion(CongestionSignal signal, in AcknowledgmentSample sample)
    {
        if (signal is not (CongestionSignal.RepeatedTimeout or CongestionSignal.HandshakeLoss))
        {
            (_windowBefore, _thresholdBefore) = (Window, SlowStartThreshold);
            OnDecrease(signal);
            var used = _validation.UsedWindow(Window, sample.PriorInFlight);
            SlowStartThreshold = Math.Max((uint)(used * Decrease(signal)), 2 * Segment);
        }

        _validation.OnCongestion();
        Window = signal is CongestionSignal.Loss or CongestionSignal.Ecn ? Math.Min(Window, SlowStartThreshold) : Segment;
    }

    public virtual void OnUndo()
    {
        Window = Math.Max(Window, _windowBefore);
        SlowStartThreshold = Math.Max(SlowStartThreshold, _thresholdBefore);
    }

    public void OnSendFromIdle(TimeSpan now) => OnWindowUnused(now);

    public void OnIdleRestart(TimeSpan now)
    {
        OnWindowUnused(now);
        if (_validation.OnIdle(Window, now)) Shrink();
    }

    public virtual void OnSegmentSize(int maximumSegment)
    {
        Segment = (uint)maximumSegment;
        _initialWindow = InitialWindow.For(Segment);
        Window = Math.Max(Window, Segment);
    }

    public abstract long[] Export(TimeSpan now);

    /// <summary>The window grows by what was acknowledged up to the threshold; returns the bytes used for it.</summary>
    protected virtual uint SlowStart(uint bytes, in AcknowledgmentSample sample)
    {
        var grown = Math.Min(bytes, SlowStartThreshold - Window);
        Grow(grown);
        return grown;
    }

    protected abstract void AvoidCongestion(uint bytes, in AcknowledgmentSample sample);

    /// <summary>Called before window and threshold go down.</summary>
    protected abstract void OnDecrease(CongestionSignal signal);

    /// <summary>The application did not use the window up to <paramref name="now"/>.</summary>
    protected abstract void OnWindowUnused(TimeSpan now);

    protected void Grow(uint bytes) => Window = Math.Min(Window + Math.Min(bytes, MaximumWindow), MaximumWindow);

    protected void ExportShared(Span<long> numbers, TimeSpan now)
    {
        numbers[0] = _windowBefore;
        numbers[1] = _thresholdBefore;
        _validation.Export(numbers[2..], now);
    }

    protected void RestoreShared(ref PrivateNumbers numbers, TimeSpan now)
    {
        _windowBefore = numbers.ReadBytes(MaximumWindow);
        _thresholdBefore = numbers.ReadBytes();
        _validation.Restore(ref numbers, now);
    }

    /// <summary>Window and threshold of any algorithm; below one segment nothing could be sent.</summary>
    protected void RestoreWindow(uint window, uint threshold)
    {
        if (window > 0) Window = Math.Clamp(window, Segment, MaximumWindow);
        if (threshold > 0) SlowStartThreshold = threshold;
    }

    /// <summary>
    /// Bytes that the window may grow by. A sender that does not use its window learns nothing of the path beyond what it sends
    /// (RFC 7661 section 4.4): in slow start the window stays below twice the most that was outstanding, as in Linux
    /// (tcp_is_cwnd_limited), so that a flight twice as large can follow; in congestion avoidance it grows only where it held the
    /// sender back.
    /// </summary>
    private uint GrowthAllowed(in AcknowledgmentSample sample)
    {
        if (Window >= SlowStartThreshold) return sample.IsWindowLimited ? MaximumWindow : 0;
        return (uint)Math.Clamp(2L * sample.MostOutstanding - Window, 0, MaximumWindow);
    }

    /// <summary>RFC 7661 section 4.4.3.</summary>
    private void Shrink()
    {
        SlowStartThreshold = Math.Max(SlowStartThreshold, (uint)(Window * 3L / 4));
        Window = Math.Max(Window / 2, Math.Min(Window, _initialWindow));
    }
}
