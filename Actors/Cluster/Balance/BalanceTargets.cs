namespace ActorStack.Actors.Cluster.Balance;

/// <summary>Chooses the nodes of a plan, the one that is still to get most first.</summary>
/// <param name="gifts">The connections that each node is to get.</param>
/// <param name="forwarder">Knows which nodes can be reached.</param>
internal sealed class BalanceTargets(IReadOnlyDictionary<string, long> gifts, INodeForwarder? forwarder) : IHandoffTargets
{
    private readonly Dictionary<string, long> _left = new(gifts);

    public string? Next(string? refusedBy)
    {
        var next = _left.Where(one => one.Value > 0 && one.Key != refusedBy && forwarder?.WhyUnreachable(one.Key) is null)
            .OrderByDescending(one => one.Value).ThenBy(one => one.Key, StringComparer.Ordinal).Select(one => one.Key)
            .FirstOrDefault();
        if (next is not null) _left[next]--;
        return next;
    }
}
