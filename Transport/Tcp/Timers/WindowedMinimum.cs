namespace ActorStack.Transport.Tcp.Timers;

/// <summary>
/// The least value of the last 300 s, so that a path that became longer shows at last: RFC 8985 section 6.2 permits such a
/// window, and Linux has this one. It moves by halves: nothing older than the whole counts, and whatever is younger than a half
/// does. O(1).
/// </summary>
internal struct WindowedMinimum
{
    public static readonly TimeSpan Half = TimeSpan.FromSeconds(150);

    public TimeSpan Value { get; private set; }

    /// <summary>The least value of the current half.</summary>
    public TimeSpan Recent { get; private set; }

    /// <summary>The time at which the current half ends.</summary>
    public TimeSpan HalfEnd { get; private set; }

    public void Start(TimeSpan value, TimeSpan now) => (Value, Recent, HalfEnd) = (value, value, now + Half);

    public void Add(TimeSpan value, TimeSpan now)
    {
        if (now >= HalfEnd + Half) Start(value, now);
        else if (now >= HalfEnd) (Value, Recent, HalfEnd) = (Lesser(Recent, value), value, HalfEnd + Half);
        else (Value, Recent) = (Lesser(Value, value), Lesser(Recent, value));
    }

    public void Restore(TimeSpan value, TimeSpan recent, TimeSpan halfEnd, TimeSpan now) =>
        (Value, Recent, HalfEnd) = (value, recent, Lesser(halfEnd, now + Half));

    private static TimeSpan Lesser(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
