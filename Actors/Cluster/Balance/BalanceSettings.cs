namespace ActorStack.Actors.Cluster.Balance;

/// <summary>When a node gives connections to nodes that have less load.</summary>
internal sealed record BalanceSettings
{
    /// <summary>The load that counts.</summary>
    public BalanceMeasure By { get; init; } = BalanceMeasure.Connections;

    /// <summary>The time between two looks at the load of all nodes.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The percent by which the node must have more load than the mean of all nodes.</summary>
    public int Threshold { get; init; } = 20;

    /// <summary>The connections that the node must have above the mean, where connections count.</summary>
    public int Minimum { get; init; } = 10;
}
