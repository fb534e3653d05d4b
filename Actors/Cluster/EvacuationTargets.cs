namespace ActorStack.Actors.Cluster;

/// <summary>
/// Chooses the node for each connection of a node that drains: the one with the fewest connections, counted from the heartbeats
/// at the beginning and from those given to it since. Where a node's count is not known, the nodes take turns.
/// </summary>
/// <param name="network">The nodes; one that leaves the cluster is not chosen any more.</param>
/// <param name="forwarder">Knows which nodes can be reached.</param>
/// <param name="only">The only node to choose; null: all but this one.</param>
internal sealed class EvacuationTargets(INodeNetwork network, INodeForwarder? forwarder, string? only) : IHandoffTargets
{
    private readonly Dictionary<string, long?> _known = [];
    private readonly Dictionary<string, long> _given = [];

    public string? Next(string? refusedBy)
    {
        var nodes = network.Nodes.Select(node => node.Name).Where(IsTarget).Order(StringComparer.Ordinal).ToList();
        foreach (var node in nodes) _known.TryAdd(node, network.ConnectionsOf(node));
        var areKnown = nodes.All(node => _known[node] is not null);
        var next = nodes.Where(node => node != refusedBy).MinBy(node => Given(node) + (areKnown ? _known[node]!.Value : 0));
        if (next is not null) _given[next] = Given(next) + 1;
        return next;
    }

    private bool IsTarget(string node) =>
        node != network.Self && (only ?? node) == node && forwarder?.WhyUnreachable(node) is null;

    private long Given(string node) => _given.GetValueOrDefault(node);
}
