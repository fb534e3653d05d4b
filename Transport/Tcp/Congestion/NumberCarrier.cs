namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>
/// Carries fields into an export or out of one: one list of fields serves both. A record may come from anywhere: values out of
/// range are brought into it.
/// </summary>
internal ref struct NumberCarrier
{
    private static readonly long LongestTime = TimeSpan.FromDays(36_500).Ticks;
    private readonly Span<long> _target;
    private readonly ReadOnlySpan<long> _source;
    private readonly TimeSpan _now;
    private int _next;

    private NumberCarrier(Span<long> target, ReadOnlySpan<long> source, TimeSpan now)
    {
        _target = target;
        _source = source;
        _now = now;
    }

    private readonly bool IsReading => _target.IsEmpty;

    public static NumberCarrier Into(Span<long> numbers, TimeSpan now) => new(numbers, default, now);

    public static NumberCarrier OutOf(ReadOnlySpan<long> numbers, TimeSpan now) => new(default, numbers, now);

    public void Carry(ref long value, long least, long most)
    {
        if (IsReading) value = Math.Clamp(_source[_next++], least, most);
        else _target[_next++] = value;
    }

    public void Carry(ref int value, int least, int most)
    {
        long number = value;
        Carry(ref number, least, most);
        value = (int)number;
    }

    public void Carry(ref bool value)
    {
        var number = value ? 1L : 0;
        Carry(ref number, 0, 1);
        value = number == 1;
    }

    /// <summary>A time, before or after now.</summary>
    public void CarryTime(ref TimeSpan time)
    {
        var distance = (time - _now).Ticks;
        Carry(ref distance, -LongestTime, LongestTime);
        time = _now + new TimeSpan(distance);
    }

    public void CarryDuration(ref TimeSpan duration)
    {
        var ticks = duration.Ticks;
        Carry(ref ticks, 0, long.MaxValue);
        duration = new TimeSpan(ticks);
    }

    public void Carry(ref WindowedMaximum maximum, long now)
    {
        if (IsReading)
        {
            var numbers = new PrivateNumbers(_source[_next..], _now);
            maximum.Restore(ref numbers, now);
        }
        else
        {
            maximum.Export(_target[_next..], now);
        }

        _next += WindowedMaximum.Numbers;
    }
}
