namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>
/// Congestion window validation (RFC 7661): it notes whether the sender lately used at least half of its window. Where it did
/// not, the window is kept for the application's next burst, but congestion reduces the part that was used, and after five
/// minutes the window shrinks. It replaces RFC 5681's restart after idle.
/// </summary>
internal struct CongestionWindowValidation
{
    /// <summary>Numbers of an export.</summary>
    public const int Numbers = 6 + WindowedMaximum.Numbers;

    /// <summary>Section 4.4.3.</summary>
    private static readonly TimeSpan NonValidatedPeriod = TimeSpan.FromMinutes(5);

    /// <summary>Section 4.2: samples count for this long, or for three round trips if that is longer.</summary>
    private static readonly TimeSpan LeastSamplingPeriod = TimeSpan.FromSeconds(1);

    private WindowedMaximum _acknowledgedInRound;
    private bool _isDefined;
    private long _roundEnd;
    private long _roundBytes;
    private TimeSpan? _unusedSince;
    private bool _isLimited;
    private TimeSpan _lastAcknowledged;

    /// <summary>pipeACK: bytes lately acknowledged in one round trip; null: not yet known.</summary>
    public readonly long? PipeAck => _isDefined ? _acknowledgedInRound.Value : null;

    /// <summary>
    /// Section 4.3: the window was used, as far as is known. Slow start outruns the measurement: there a window that limits the
    /// sender counts as used.
    /// </summary>
    public readonly bool IsValidated(uint window) => !_isDefined || _isLimited || 2 * _acknowledgedInRound.Value >= window;

    /// <summary>Section 4.4.1, RFC 9438 section 4.6: the window in use when congestion was met.</summary>
    public readonly uint UsedWindow(uint window, uint inFlight) =>
        IsValidated(window) ? window : (uint)Math.Min(window, Math.Max(_acknowledgedInRound.Value, inFlight));

    /// <summary>True: the window was not used for so long that it is to shrink.</summary>
    public bool OnAcknowledged(in AcknowledgmentSample sample, uint window)
    {
        _isLimited = sample.IsWindowLimited;
        _lastAcknowledged = sample.Now;
        _roundBytes += sample.Acknowledged;
        if (sample.AcknowledgedThrough >= _roundEnd)
        {
            var period = 3 * sample.SmoothedRoundTrip;
            if (period < LeastSamplingPeriod) period = LeastSamplingPeriod;
            if (_roundEnd > 0) Measure(_roundBytes, sample.Now, period);
            _roundBytes = 0;
            _roundEnd = sample.SentThrough;
        }

        return IsOverdue(window, sample.Now);
    }

    /// <summary>
    /// Nothing was sent since the last acknowledgment. True: the window was not used for so long that it is to shrink.
    /// </summary>
    public bool OnIdle(uint window, TimeSpan now)
    {
        if (!_isDefined) return false;
        _isLimited = false;
        _roundEnd = _roundBytes = 0;
        _acknowledgedInRound.Reset(0, now.Ticks);
        _unusedSince ??= _lastAcknowledged;
        return IsOverdue(window, now);
    }

    /// <summary>A measurement from before the congestion does not hold after it.</summary>
    public void OnCongestion()
    {
        _isDefined = false;
        _roundEnd = _roundBytes = 0;
        _unusedSince = null;
    }

    public readonly void Export(Span<long> numbers, TimeSpan now)
    {
        numbers[0] = PrivateNumbers.Write(_isDefined);
        numbers[1] = _roundEnd;
        numbers[2] = _roundBytes;
        numbers[3] = PrivateNumbers.Write(_unusedSince, now);
        numbers[4] = PrivateNumbers.Write(_isLimited);
        numbers[5] = PrivateNumbers.Write(_lastAcknowledged, now);
        _acknowledgedInRound.Export(numbers[6..], now.Ticks);
    }

    public void Restore(ref PrivateNumbers numbers, TimeSpan now)
    {
        _isDefined = numbers.ReadFlag();
        _roundEnd = numbers.Read(0, long.MaxValue);
        _roundBytes = numbers.Read(0, long.MaxValue / 2);
        _unusedSince = numbers.ReadOptionalTime();
        _isLimited = numbers.ReadFlag();
        _lastAcknowledged = numbers.ReadTime();
        _acknowledgedInRound.Restore(ref numbers, now.Ticks);
    }

    private bool IsOverdue(uint window, TimeSpan now)
    {
        if (IsValidated(window))
        {
            _unusedSince = null;
            return false;
        }

        _unusedSince ??= now;
        if (now - _unusedSince < NonValidatedPeriod) return false;
        _unusedSince = now;
        return true;
    }

    private void Measure(long bytes, TimeSpan now, TimeSpan period)
    {
        if (_isDefined) _acknowledgedInRound.Add(bytes, now.Ticks, period.Ticks);
        else _acknowledgedInRound.Reset(bytes, now.Ticks);
        _isDefined = true;
    }
}
