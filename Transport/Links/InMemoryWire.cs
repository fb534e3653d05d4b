namespace ActorStack.Transport.Links;

/// <summary>
/// A wire with a link at either end, and seeded faults between them. Real packets travel, with full checksums. Time is virtual
/// and moved by <see cref="Advance"/>, or that of a clock; the two ends may then belong to two threads.
/// </summary>
public sealed class InMemoryWire : IDisposable
{
    private readonly TimeProvider? _clock;
    private readonly long _origin;
    private readonly WireDirection _leftToRight;
    private readonly WireDirection _rightToLeft;
    private long _ticks;

    /// <summary>Makes a wire with a link at either end.</summary>
    /// <param name="options">The seed, the MTU, and the impairments of both directions.</param>
    /// <param name="clock">Whose time the wire keeps; null: the wire's time is virtual, starts at 0 and moves by
    /// <see cref="Advance"/> alone.</param>
    public InMemoryWire(InMemoryWireOptions options, TimeProvider? clock = null)
    {
        _clock = clock;
        _origin = clock?.GetTimestamp() ?? 0;
        _leftToRight = new WireDirection(this, clock, options, options.LeftToRight, Mix(options.Seed, 0));
        _rightToLeft = new WireDirection(this, clock, options, options.RightToLeft, Mix(options.Seed, 1));
        Left = new InMemoryLink("left", options, _leftToRight, _rightToLeft);
        Right = new InMemoryLink("right", options, _rightToLeft, _leftToRight);
    }

    /// <summary>The link at the left end.</summary>
    public ILink Left { get; }

    /// <summary>The link at the right end.</summary>
    public ILink Right { get; }

    /// <summary>The wire's time: since it was made, or as it was last set.</summary>
    public TimeSpan Now => _clock?.GetElapsedTime(_origin) ?? new TimeSpan(Volatile.Read(ref _ticks));

    /// <summary>
    /// When the next packet arrives at either end, perhaps long ago where nobody took it; null: none is on the wire.
    /// </summary>
    public TimeSpan? NextDelivery => (_leftToRight.NextDelivery, _rightToLeft.NextDelivery) switch
    {
        ({ } right, { } left) => right < left ? right : left,
        var (right, left) => right ?? left,
    };

    /// <summary>
    /// The impairments of this direction. They may be changed at any time, on any thread; packets on the wire keep their fate. A
    /// loss of 1 is a cut wire.
    /// </summary>
    public WireImpairments LeftToRight
    {
        get => _leftToRight.Impairments;
        set => _leftToRight.Impairments = value;
    }

    /// <inheritdoc cref="LeftToRight"/>
    public WireImpairments RightToLeft
    {
        get => _rightToLeft.Impairments;
        set => _rightToLeft.Impairments = value;
    }

    /// <summary>The counters of the direction from left to right since the wire was made.</summary>
    public WireStatistics LeftToRightStatistics => _leftToRight.Statistics;

    /// <summary>The counters of the direction from right to left since the wire was made.</summary>
    public WireStatistics RightToLeftStatistics => _rightToLeft.Statistics;

    /// <summary>Moves virtual time forward to <paramref name="now"/>; packets due by then can be received.</summary>
    /// <exception cref="InvalidOperationException">The wire keeps a clock's time.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Time would run back.</exception>
    public void Advance(TimeSpan now)
    {
        if (_clock is not null) throw new InvalidOperationException("the time of this wire is its clock's");
        ArgumentOutOfRangeException.ThrowIfLessThan(now, Now);
        Volatile.Write(ref _ticks, now.Ticks);
        _leftToRight.Pulse();
        _rightToLeft.Pulse();
    }

    /// <summary>Closes both links.</summary>
    public void Dispose()
    {
        Left.Dispose();
        Right.Dispose();
    }

    /// <summary>Neighbouring seeds, and the two directions of one, share no luck.</summary>
    private static int Mix(int seed, int direction) => unchecked((int)((uint)(2 * seed + direction) * 0x9E37_79B1));
}
