namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>
/// HyStart++ (RFC 9406): it leaves the first slow start when round trips grow, by way of Conservative Slow Start, which returns
/// to slow start where they shrink again; the round in which it begins counts. L, the limit of growth for one acknowledgment, is
/// infinite, as in Linux: receivers with receive offload acknowledge dozens of segments at once.
/// </summary>
internal struct HyStart
{
    /// <summary>Numbers of an export.</summary>
    public const int Numbers = 6;

    private const int EnoughSamples = 8;
    private const int ThresholdDivisor = 8;
    private const int ConservativeDivisor = 4;
    private const int ConservativeRounds = 5;
    private static readonly TimeSpan LeastThreshold = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan MostThreshold = TimeSpan.FromMilliseconds(16);
    private static readonly TimeSpan Infinite = TimeSpan.MaxValue;

    private long _roundEnd;
    private TimeSpan _lastRound = Infinite;
    private TimeSpan _thisRound = Infinite;
    private int _samples;
    private TimeSpan _baseline = Infinite;
    private int _conservativeRounds;

    public HyStart()
    {
    }

    /// <summary>Conservative Slow Start is under way.</summary>
    public readonly bool IsConservative => _baseline != Infinite;

    /// <summary>The growth of the window for <paramref name="acknowledged"/> bytes (RFC 9406 section 4.2).</summary>
    public readonly uint Growth(uint acknowledged) => IsConservative ? acknowledged / ConservativeDivisor : acknowledged;

    /// <summary>True: slow start is over, the window is the threshold.</summary>
    public bool OnAcknowledged(in AcknowledgmentSample sample)
    {
        if (sample.RoundTrip > TimeSpan.Zero) AddSample(sample.RoundTrip);
        if (sample.AcknowledgedThrough < _roundEnd) return false;
        return EndRound(sample.SentThrough);
    }

    public readonly void Export(Span<long> numbers)
    {
        numbers[0] = _roundEnd;
        numbers[1] = _lastRound.Ticks;
        numbers[2] = _thisRound.Ticks;
        numbers[3] = _samples;
        numbers[4] = _baseline.Ticks;
        numbers[5] = _conservativeRounds;
    }

    public void Restore(ref PrivateNumbers numbers)
    {
        _roundEnd = numbers.Read(0, long.MaxValue);
        _lastRound = new TimeSpan(numbers.Read(1, long.MaxValue));
        _thisRound = new TimeSpan(numbers.Read(1, long.MaxValue));
        _samples = (int)numbers.Read(0, int.MaxValue - 1);
        _baseline = new TimeSpan(numbers.Read(1, long.MaxValue));
        _conservativeRounds = (int)numbers.Read(0, ConservativeRounds);
    }

    private void AddSample(TimeSpan roundTrip)
    {
        if (roundTrip < _thisRound) _thisRound = roundTrip;
        if (_samples < EnoughSamples) _samples++;
        if (_samples < EnoughSamples) return;
        if (IsConservative)
        {
            if (_thisRound >= _baseline) return;
            _baseline = Infinite; // the growth did not last
        }
        else if (_lastRound != Infinite && _thisRound >= _lastRound + Threshold(_lastRound))
        {
            _baseline = _thisRound;
            _conservativeRounds = 0;
        }
    }

    private bool EndRound(long sentThrough)
    {
        var isFirst = _roundEnd == 0;
        _roundEnd = sentThrough;
        if (isFirst) return false;
        (_lastRound, _thisRound) = (_thisRound, Infinite);
        _samples = 0;
        return IsConservative && ++_conservativeRounds >= ConservativeRounds;
    }

    private static TimeSpan Threshold(TimeSpan roundTrip)
    {
        var threshold = roundTrip / ThresholdDivisor;
        return threshold < LeastThreshold ? LeastThreshold : threshold > MostThreshold ? MostThreshold : threshold;
    }
}
