namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>
/// The largest of the values seen within a window of time, or of anything else that only grows: the three best are kept, so that
/// the next best is at hand when the best grows too old (K. Nichols' filter, as in Linux's <c>win_minmax</c>). Exact for the best
/// value; an estimate after it left. O(1).
/// </summary>
internal struct WindowedMaximum
{
    /// <summary>Numbers of an export.</summary>
    public const int Numbers = 6;

    private Sample _first;
    private Sample _second;
    private Sample _third;

    public readonly long Value => _first.Value;

    public void Reset(long value, long at) => _first = _second = _third = new Sample(value, at);

    /// <summary>Adds a value seen at <paramref name="at"/> and forgets what is older than <paramref name="window"/>.</summary>
    public void Add(long value, long at, long window)
    {
        var sample = new Sample(value, at);
        if (value >= _first.Value || at - _third.At > window)
        {
            _first = _second = _third = sample;
            return;
        }

        if (value >= _second.Value) _second = _third = sample;
        else if (value >= _third.Value) _third = sample;
        Age(sample, window);
    }

    public readonly void Export(Span<long> numbers, long now)
    {
        _first.Export(numbers, now);
        _second.Export(numbers[2..], now);
        _third.Export(numbers[4..], now);
    }

    public void Restore(ref PrivateNumbers numbers, long now)
    {
        _first = Sample.Restore(ref numbers, now);
        _second = Sample.Restore(ref numbers, now);
        _third = Sample.Restore(ref numbers, now);
    }

    /// <summary>The runners-up come from later and later parts of the window.</summary>
    private void Age(in Sample sample, long window)
    {
        var age = sample.At - _first.At;
        if (age > window)
        {
            (_first, _second, _third) = (_second, _third, sample);
            if (sample.At - _first.At > window) (_first, _second) = (_second, sample);
        }
        else if (_second.At == _first.At && age > window / 4)
        {
            _second = _third = sample;
        }
        else if (_third.At == _second.At && age > window / 2)
        {
            _third = sample;
        }
    }

    private readonly record struct Sample(long Value, long At)
    {
        public void Export(Span<long> numbers, long now) => (numbers[0], numbers[1]) = (Value, now - At);

        public static Sample Restore(ref PrivateNumbers numbers, long now)
        {
            var value = numbers.Read(0, long.MaxValue);
            return new Sample(value, now - numbers.Read(0, long.MaxValue / 2));
        }
    }
}
