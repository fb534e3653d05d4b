namespace ActorStack.Transport.Timing;

/// <summary>
/// One timer of a <see cref="TimerWheel"/>, made once with its owner and scheduled as often as needed without allocating.
/// </summary>
public sealed class TimerNode(object owner)
{
    internal const int Unscheduled = -1;

    internal TimerNode? Next;
    internal TimerNode? Previous;
    internal long Tick;
    internal int Slot = Unscheduled;

    /// <summary>Whom the timer belongs to, for the one who is told that it expired.</summary>
    public object Owner { get; } = owner;

    /// <summary>It waits in a wheel; false again before its expiry is told.</summary>
    public bool IsScheduled => Slot != Unscheduled;
}
