namespace ActorStack.Actors.Cluster.Balance;

/// <summary>
/// How much load a node gives to each other node, so that all have the mean. Each node makes its own plan from the same figures,
/// for example numbers of connections. Several nodes may give at the same time, so each fills only its part of what a node lacks:
/// together they give no node more than the mean, but for one unit each.
/// </summary>
internal static class BalancePlan
{
    /// <summary>The load to give, by node; empty: this node has no more than its share.</summary>
    /// <param name="self">The node that gives.</param>
    /// <param name="load">The load of all nodes, this one too.</param>
    /// <param name="only">The only node that is to take load; null: all that have less than the mean.</param>
    public static IReadOnlyDictionary<string, long> Of(string self, IReadOnlyDictionary<string, long> load, string? only)
    {
        var nodes = only is null ? load : load.Where(one => one.Key == self || one.Key == only).ToDictionary();
        var mean = (nodes.Values.Sum() + nodes.Count - 1) / nodes.Count;
        var surplus = nodes[self] - mean;
        var lacks = nodes.Where(one => one.Value < mean).OrderByDescending(one => mean - one.Value)
            .ThenBy(one => one.Key, StringComparer.Ordinal).Select(one => (Node: one.Key, Count: mean - one.Value)).ToList();
        if (surplus <= 0 || lacks.Count == 0) return new Dictionary<string, long>();

        var lacking = lacks.Sum(one => one.Count);
        var gifts = lacks.ToDictionary(one => one.Node, one => Math.Min(one.Count, surplus * one.Count / lacking));
        var left = Math.Min(surplus, lacking) - gifts.Values.Sum();
        foreach (var (node, count) in lacks)
        {
            if (left > 0 && gifts[node] < count) (gifts[node], left) = (gifts[node] + 1, left - 1);
        }

        return gifts.Where(gift => gift.Value > 0).ToDictionary();
    }
}
