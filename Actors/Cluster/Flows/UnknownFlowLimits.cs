namespace ActorStack.Actors.Cluster.Flows;

/// <summary>The limits of what a node holds for flows that another node may have. Each is for the whole stack.</summary>
internal sealed record UnknownFlowLimits
{
    /// <summary>The most flows that are asked about at a time; segments of further ones are dropped.</summary>
    public int Flows { get; init; } = 10_000;

    /// <summary>The most frames of one flow that are held until the answer comes.</summary>
    public int FramesPerFlow { get; init; } = 64;

    /// <summary>The most bytes of held frames of all flows.</summary>
    public long Bytes { get; init; } = 16 << 20;

    /// <summary>The most flows that are steered to other nodes because segments of them came here.</summary>
    public int SteeredFlows { get; init; } = 100_000;

    /// <summary>
    /// The time between the answer that no node is known to have the flow and the question to every node. A connection that is on
    /// its way to another node arrives meanwhile.
    /// </summary>
    public TimeSpan Confirmation { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// The time for which a flow is steered before it is tried out whether it still has segments, and the time without any after
    /// which it is forgotten.
    /// </summary>
    public TimeSpan SteeringPeriod { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The part of the limits that one of several loops has.</summary>
    public UnknownFlowLimits PartOf(int loops) => this with
    {
        Flows = Math.Max(1, Flows / loops),
        Bytes = Math.Max(1, Bytes / loops),
        SteeredFlows = Math.Max(1, SteeredFlows / loops),
    };
}
