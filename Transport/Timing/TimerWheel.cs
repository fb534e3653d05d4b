using System.Numerics;

namespace ActorStack.Transport.Timing;

/// <summary>
/// A hierarchical timer wheel (Varghese and Lauck, scheme 7) of 100 µs ticks, fine enough for paced bursts at 1 Gbit/s.
/// Scheduling and cancelling are O(1); a timer moves down at most once per level before it expires. Times count from any fixed
/// origin, are never negative, and the wheel's own never runs back. Belongs to one thread.
/// </summary>
public sealed class TimerWheel
{
    private const long Granularity = 100 * TimeSpan.TicksPerMicrosecond;
    private const int SlotBits = 6;
    private const int SlotsPerLevel = 1 << SlotBits;

    /// <summary>54 bits of 100 µs: any <see cref="TimeSpan"/> has its place, so nothing wraps.</summary>
    private const int Levels = 9;

    private const int ExpiredSlot = Levels * SlotsPerLevel;

    /// <summary>
    /// Heads of circular lists: the slots of all levels, then the expired ones whose owners have yet to be told.
    /// </summary>
    private readonly TimerNode?[] _slots = new TimerNode?[ExpiredSlot + 1];

    private readonly ulong[] _occupied = new ulong[Levels];
    private long _now;

    /// <summary>Timers that wait in the wheel.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// The time at which <see cref="Advance"/> has something to do. It is never after the earliest timer, and may be before it;
    /// null: no timer waits.
    /// </summary>
    public TimeSpan? NextDeadline
    {
        get
        {
            if (_slots[ExpiredSlot] is not null) return FromTick(_now);
            return TryFindNext(out _, out var tick) ? FromTick(tick) : null;
        }
    }

    /// <summary>
    /// Lets <paramref name="node"/> expire at the first <see cref="Advance"/> at or after <paramref name="deadline"/>, rounded up
    /// to the tick. A node that waits already is moved. A node waits in one wheel only.
    /// </summary>
    public void Schedule(TimerNode node, TimeSpan deadline)
    {
        var tick = Math.Max(CeilingTick(deadline), _now);
        if (node.IsScheduled)
        {
            if (node.Tick == tick && node.Slot != ExpiredSlot) return;
            Cancel(node);
        }

        node.Tick = tick;
        Count++;
        Insert(node);
    }

    /// <summary>Takes the node out of the wheel, so that it does not expire. A node that does not wait is left alone.</summary>
    public void Cancel(TimerNode node)
    {
        if (!node.IsScheduled) return;
        Count--;
        Unlink(node);
    }

    /// <summary>
    /// Moves the wheel's time to <paramref name="now"/> and calls <paramref name="expired"/> for each node that is due, in the
    /// order of their ticks. The callback may schedule and cancel any node; what it makes due at once expires at the next call.
    /// If it throws, the nodes not yet told stay due.
    /// </summary>
    public void Advance(TimeSpan now, Action<TimerNode> expired)
    {
        Collect(FloorTick(now));
        while (_slots[ExpiredSlot] is { } node)
        {
            Cancel(node);
            expired(node);
        }
    }

    private void Collect(long now)
    {
        while (TryFindNext(out var slot, out var tick) && tick <= now)
        {
            _now = Math.Max(_now, tick);
            while (_slots[slot] is { } node)
            {
                Unlink(node);
                if (node.Tick <= _now) Link(node, ExpiredSlot);
                else Insert(node);
            }
        }

        _now = Math.Max(_now, now);
    }

    /// <summary>
    /// The slot whose time comes first. All timers share with the wheel's time the digits above their level's, so the lowest
    /// occupied level is the earliest and its lowest occupied slot comes first.
    /// </summary>
    private bool TryFindNext(out int slot, out long tick)
    {
        for (var level = 0; level < Levels; level++)
        {
            if (_occupied[level] == 0) continue;
            var digit = BitOperations.TrailingZeroCount(_occupied[level]);
            var shift = level * SlotBits;
            slot = level * SlotsPerLevel + digit;
            tick = (_now >> (shift + SlotBits) << (shift + SlotBits)) + ((long)digit << shift);
            return true;
        }

        (slot, tick) = (0, 0);
        return false;
    }

    /// <summary>The level is that of the highest digit in which the timer's tick differs from the wheel's time.</summary>
    private void Insert(TimerNode node)
    {
        var differing = (ulong)(node.Tick ^ _now) | (SlotsPerLevel - 1);
        var level = BitOperations.Log2(differing) / SlotBits;
        var digit = (int)(node.Tick >> (level * SlotBits)) & (SlotsPerLevel - 1);
        _occupied[level] |= 1UL << digit;
        Link(node, level * SlotsPerLevel + digit);
    }

    private void Link(TimerNode node, int slot)
    {
        node.Slot = slot;
        if (_slots[slot] is not { } head)
        {
            node.Next = node.Previous = node;
            _slots[slot] = node;
            return;
        }

        node.Next = head;
        node.Previous = head.Previous;
        head.Previous!.Next = node;
        head.Previous = node;
    }

    private void Unlink(TimerNode node)
    {
        var slot = node.Slot;
        if (node.Next == node)
        {
            _slots[slot] = null;
            if (slot != ExpiredSlot) _occupied[slot / SlotsPerLevel] &= ~(1UL << (slot % SlotsPerLevel));
        }
        else
        {
            node.Previous!.Next = node.Next;
            node.Next!.Previous = node.Previous;
            if (_slots[slot] == node) _slots[slot] = node.Next;
        }

        node.Next = node.Previous = null;
        node.Slot = TimerNode.Unscheduled;
    }

    private static long FloorTick(TimeSpan time) => time.Ticks / Granularity;

    private static long CeilingTick(TimeSpan time)
    {
        var (tick, rest) = Math.DivRem(time.Ticks, Granularity);
        return rest > 0 ? tick + 1 : tick;
    }

    private static TimeSpan FromTick(long tick) => new(Math.Min(tick, TimeSpan.MaxValue.Ticks / Granularity) * Granularity);
}
