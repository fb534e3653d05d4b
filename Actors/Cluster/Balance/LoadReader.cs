namespace ActorStack.Actors.Cluster.Balance;

/// <summary>
/// The load of all nodes by one measure: connections, bytes a second, or thousandths of a processor. Rates are those since the
/// last reading.
/// </summary>
internal sealed class LoadReader(BalanceMeasure measure)
{
    /// <summary>No machine does more; a node that tells more is not believed.</summary>
    private const long MostRate = 1L << 50;

    private Dictionary<string, NodeWork> _before = [];
    private TimeSpan _readAt;

    /// <summary>
    /// The load of each node; null where that of some node is not known: it has not told it, is new, or has started anew.
    /// </summary>
    /// <param name="network">The nodes.</param>
    /// <param name="connections">The number of this node's connections.</param>
    /// <param name="work">The work of this node.</param>
    /// <param name="now">The time of the reading.</param>
    public IReadOnlyDictionary<string, long>? Read(INodeNetwork network, long connections, NodeWork work, TimeSpan now) =>
        measure is BalanceMeasure.Connections ? Count(network, connections) : Rates(network, work, now);

    /// <summary>The connections of all nodes; null where those of some node are not known.</summary>
    public static IReadOnlyDictionary<string, long>? Count(INodeNetwork network, long connections)
    {
        var counts = new Dictionary<string, long> { [network.Self] = connections };
        foreach (var node in Others(network))
        {
            if (network.ConnectionsOf(node) is not { } count) return null;
            counts[node] = count;
        }

        return counts;
    }

    private Dictionary<string, long>? Rates(INodeNetwork network, NodeWork own, TimeSpan now)
    {
        var work = new Dictionary<string, NodeWork> { [network.Self] = own };
        foreach (var node in Others(network))
        {
            if (network.WorkOf(node) is { } told) work[node] = told;
        }

        var (before, elapsed) = (_before, now - _readAt);
        (_before, _readAt) = (work, now);
        var rates = new Dictionary<string, long>();
        foreach (var node in network.Nodes.Select(one => one.Name).Append(network.Self))
        {
            if (!work.TryGetValue(node, out var last) || !before.TryGetValue(node, out var first)) return null;
            if (Rate(first, last, elapsed) is not (>= 0 and <= MostRate and var rate)) return null;
            rates[node] = rate;
        }

        return rates;
    }

    private long Rate(NodeWork first, NodeWork last, TimeSpan elapsed) => (long)(measure is BalanceMeasure.Bytes
        ? (last.Bytes - first.Bytes) / elapsed.TotalSeconds
        : 1000 * (last.Processor - first.Processor) / elapsed);

    private static IEnumerable<string> Others(INodeNetwork network) =>
        network.Nodes.Select(one => one.Name).Where(name => name != network.Self);
}
