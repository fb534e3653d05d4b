namespace ActorStack.Transport.Timing;

/// <summary>
/// One timer of a <see cref="TimerWheel"/>, made once with its owner and scheduled as often as needed without allocating.
/// </summary>
/// <param name="owner">The object that the timer belongs to.</param>
public sealed class TimerNode(object owner)
{
    internal const int Unscheduled = -1;

    internal TimerNode? Next;
    internal TimerNode? Previous;
    internal long Tick;
    internal int Slot = Unscheduled;

    /// <summary>The object that the timer belongs to, for the callback that learns of the expiry.</summary>
    public object Owner { get; } = owner;

    /// <summary>The timer waits in a wheel; false again when the callback learns of its expiry.</summary>
    public bool IsScheduled => Slot != Unscheduled;
}
