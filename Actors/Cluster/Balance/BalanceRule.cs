namespace ActorStack.Actors.Cluster.Balance;

/// <summary>
/// Decides when a node gives connections away by itself. Three things keep the nodes from passing connections to and fro: the
/// node must be above the mean by a percentage and by a number, in several looks in a row; it gives half of what it has too much,
/// because other nodes may give at the same time; and after it has given it looks anew as often before it gives again.
/// </summary>
internal sealed class BalanceRule(BalanceSettings settings)
{
    /// <summary>The looks in a row that must see the node above the threshold.</summary>
    public const int Looks = 3;

    private int _seen;

    /// <summary>One look. Returns the connections to give, by node; empty: none now.</summary>
    /// <param name="self">This node.</param>
    /// <param name="connections">The connections of all nodes; null: those of some node are not known.</param>
    public IReadOnlyDictionary<string, long> Look(string self, IReadOnlyDictionary<string, long>? connections)
    {
        var isAbove = connections is not null && IsAbove(self, connections);
        _seen = isAbove ? _seen + 1 : 0;
        if (_seen < Looks) return new Dictionary<string, long>();
        _seen = 0;
        return BalancePlan.Of(self, connections!, only: null).ToDictionary(gift => gift.Key, gift => (gift.Value + 1) / 2);
    }

    private bool IsAbove(string self, IReadOnlyDictionary<string, long> connections)
    {
        var (own, mean) = (connections[self], connections.Values.Average());
        return own - mean >= settings.Minimum && own >= mean * (100 + settings.Threshold) / 100;
    }
}
