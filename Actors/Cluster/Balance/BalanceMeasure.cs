namespace ActorStack.Actors.Cluster.Balance;

/// <summary>What the nodes are to have alike.</summary>
public enum BalanceMeasure
{
    /// <summary>The number of connections.</summary>
    Connections,

    /// <summary>Payload bytes a second, both ways.</summary>
    Bytes,

    /// <summary>Processor time of the process.</summary>
    Processor,
}
