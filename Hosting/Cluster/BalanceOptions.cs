using ActorStack.Actors.Cluster.Balance;

namespace ActorStack.Hosting;

/// <summary>
/// How a node gives connections to nodes that have less load. A member that is null has its value in
/// <c>actorstack.cluster.balance</c> of <c>akka.hocon</c>.
/// </summary>
public sealed class BalanceOptions
{
    /// <summary>Whether the node does so by itself.</summary>
    public bool? Enabled { get; set; }

    /// <summary>The load that counts.</summary>
    public BalanceMeasure? By { get; set; }

    /// <summary>The time between two looks at the load of all nodes, 1 s or more.</summary>
    public TimeSpan? Interval { get; set; }

    /// <summary>The percent by which the node must have more load than the mean, from 1 to 10000.</summary>
    public int? Threshold { get; set; }

    /// <summary>The connections that the node must have above the mean where connections count, 1 or more.</summary>
    public int? Minimum { get; set; }
}
