using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Cluster.Directory;

/// <summary>
/// The changes that one holder has not heard of yet. Only the last change of a flow counts, so that a burst of changes takes no
/// more room than its flows, and a flow that came and went meanwhile is not told at all.
/// </summary>
internal sealed class FlowChanges
{
    private readonly Dictionary<FlowKey, Change> _changes = [];

    public int Count => _changes.Count;

    /// <param name="flow">The flow.</param>
    /// <param name="epoch">The epoch of its owner.</param>
    /// <param name="isFirst">The owner did not own the flow before.</param>
    public void Announce(in FlowKey flow, long epoch, bool isFirst)
    {
        var isNew = _changes.TryGetValue(flow, out var before) ? before.IsNew : isFirst;
        _changes[flow] = new Change(epoch, IsAnnounced: true, isNew);
    }

    public void Withdraw(in FlowKey flow, long epoch)
    {
        if (_changes.TryGetValue(flow, out var before) && before is { IsAnnounced: true, IsNew: true }) _changes.Remove(flow);
        else _changes[flow] = new Change(epoch, IsAnnounced: false, IsNew: false);
    }

    /// <summary>Announces a flow that the holder may know already.</summary>
    public void Repeat(in FlowKey flow, long epoch) => _changes[flow] = new Change(epoch, IsAnnounced: true, IsNew: false);

    /// <summary>Takes all changes, as messages of a bounded size.</summary>
    public IEnumerable<NodeMessage> Take()
    {
        var changes = _changes.ToList();
        _changes.Clear();
        var announced = changes.Where(change => change.Value.IsAnnounced).Chunk(FlowMessage.MostEntries);
        var withdrawn = changes.Where(change => !change.Value.IsAnnounced).Chunk(FlowMessage.MostEntries);
        foreach (var batch in announced) yield return new FlowMessage.Announce(Entries(batch));
        foreach (var batch in withdrawn) yield return new FlowMessage.Withdraw(Entries(batch));
    }

    private static FlowEpoch[] Entries(KeyValuePair<FlowKey, Change>[] batch) =>
        [.. batch.Select(change => new FlowEpoch(change.Key, change.Value.Epoch))];

    /// <param name="Epoch">The epoch of the flow.</param>
    /// <param name="IsAnnounced">The flow is owned; otherwise it is not owned any more.</param>
    /// <param name="IsNew">The holder knows nothing of the flow.</param>
    private readonly record struct Change(long Epoch, bool IsAnnounced, bool IsNew);
}
