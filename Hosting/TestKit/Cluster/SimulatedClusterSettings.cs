namespace ActorStack.TestKit.Cluster;

/// <summary>The faults and times of a <see cref="SimulatedCluster"/>. Probabilities are from 0 to 1.</summary>
internal sealed record SimulatedClusterSettings
{
    /// <summary>The seed of all draws.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The least time that a message travels.</summary>
    public TimeSpan LeastDelay { get; init; } = TimeSpan.Zero;

    /// <summary>The greatest time that a message travels.</summary>
    public TimeSpan GreatestDelay { get; init; } = TimeSpan.Zero;

    /// <summary>The probability that a message is lost.</summary>
    public double Loss { get; init; }

    /// <summary>The probability that a message arrives twice; the copy travels for a time of its own.</summary>
    public double Duplication { get; init; }

    /// <summary>
    /// The probability that a message may overtake those before it. Otherwise the order between two nodes is kept.
    /// </summary>
    public double Reordering { get; init; }

    /// <summary>True: messages wait for <see cref="SimulatedCluster.Deliver"/> instead of their time.</summary>
    public bool IsManual { get; init; }

    /// <summary>The length of the emission lease.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The time between two heartbeats, by which a node knows that the majority hears it.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// The time after which the cluster removes nodes that the majority does not hear. Null: only the test removes nodes.
    /// </summary>
    public TimeSpan? RemovalAfter { get; init; } = TimeSpan.FromSeconds(6);
}
