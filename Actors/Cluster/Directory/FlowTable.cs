using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Cluster.Directory;

/// <summary>
/// The owners of the flows whose slots a node holds. The highest epoch wins. An entry that its owner does not announce anew
/// expires, so that a lost withdrawal leaves nothing behind.
/// </summary>
/// <param name="capacity">The most flows; further ones are not noted.</param>
/// <param name="lifetime">The time after which an entry expires that was not announced anew.</param>
internal sealed class FlowTable(int capacity, TimeSpan lifetime)
{
    private readonly Dictionary<FlowKey, Entry> _entries = [];

    public int Count => _entries.Count;

    /// <summary>The table is full, so that a flow that is not in it may have an owner.</summary>
    public bool IsFull => _entries.Count >= capacity;

    /// <summary>
    /// An owner has announced a flow. Of two owners the higher epoch counts, of one epoch or one owner the later announcement:
    /// the announcements of one owner come in order.
    /// </summary>
    public void Announce(string owner, in FlowKey flow, long epoch, TimeSpan now)
    {
        if (_entries.TryGetValue(flow, out var known) ? known.Epoch > epoch && known.Owner != owner : IsFull) return;
        _entries[flow] = new Entry(owner, epoch, now);
    }

    /// <summary>An owner has withdrawn a flow. Another owner's entry stays.</summary>
    public void Withdraw(string owner, in FlowKey flow)
    {
        if (_entries.TryGetValue(flow, out var known) && known.Owner == owner) _entries.Remove(flow);
    }

    public (string Owner, long Epoch)? Find(in FlowKey flow) =>
        _entries.TryGetValue(flow, out var known) ? (known.Owner, known.Epoch) : null;

    /// <summary>Removes the flows of an owner that is no member any more.</summary>
    public void RemoveOwner(string owner) => RemoveWhere((_, entry) => entry.Owner == owner);

    /// <summary>Removes the flows of slots that the node holds no more.</summary>
    public void Retain(Predicate<int> holds) => RemoveWhere((flow, _) => !holds(SlotTable.SlotOf(flow)));

    public void Expire(TimeSpan now) => RemoveWhere((_, entry) => now - entry.At > lifetime);

    private void RemoveWhere(Func<FlowKey, Entry, bool> condition)
    {
        foreach (var (flow, entry) in _entries)
        {
            if (condition(flow, entry)) _entries.Remove(flow);
        }
    }

    private readonly record struct Entry(string Owner, long Epoch, TimeSpan At);
}
