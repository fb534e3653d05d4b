namespace ActorStack.Actors.Cluster.Balance;

/// <summary>
/// Decides when a node gives connections away by itself. Three things keep the nodes from passing connections to and fro: the
/// node must be above the mean by a percentage and by a number, in several looks in a row; it gives half of what it has too much,
/// because other nodes may give at the same time; and after it has given it looks anew as often before it gives again. Where
/// bytes or processor time count, a connection is taken to have the mean load of the node's connections.
/// </summary>
internal sealed class BalanceRule(BalanceSettings settings)
{
    /// <summary>The looks in a row that must see the node above the threshold.</summary>
    public const int Looks = 3;

    /// <summary>The bytes a second above the mean that are worth a handoff.</summary>
    private const long LeastBytes = 1_000_000;

    /// <summary>The thousandths of a processor above the mean that are worth a handoff.</summary>
    private const long LeastProcessor = 100;

    private int _seen;

    /// <summary>One look. Returns the connections to give, by node; empty: none now.</summary>
    /// <param name="self">This node.</param>
    /// <param name="load">The load of all nodes, by the measure of the settings; null: that of some node is not known.</param>
    /// <param name="connections">The number of this node's connections.</param>
    public IReadOnlyDictionary<string, long> Look(string self, IReadOnlyDictionary<string, long>? load, long connections)
    {
        var isAbove = load is not null && IsAbove(self, load);
        _seen = isAbove ? _seen + 1 : 0;
        if (_seen < Looks) return new Dictionary<string, long>();
        _seen = 0;
        return BalancePlan.Of(self, load!, only: null)
            .Select(gift => (gift.Key, Count: Half(gift.Value, load![self], connections)))
            .Where(gift => gift.Count > 0).ToDictionary(gift => gift.Key, gift => gift.Count);
    }

    /// <summary>The connections that have half of a load.</summary>
    private long Half(long load, long own, long connections) =>
        settings.By is BalanceMeasure.Connections ? (load + 1) / 2 : (long)((Int128)load * connections / own / 2);

    private bool IsAbove(string self, IReadOnlyDictionary<string, long> load)
    {
        var (own, mean) = (load[self], load.Values.Average());
        return own - mean >= Least && own >= mean * (100 + settings.Threshold) / 100;
    }

    private long Least => settings.By switch
    {
        BalanceMeasure.Bytes => LeastBytes,
        BalanceMeasure.Processor => LeastProcessor,
        _ => settings.Minimum,
    };
}
