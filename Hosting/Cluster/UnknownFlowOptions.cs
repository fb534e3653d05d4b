namespace ActorStack.Hosting;

/// <summary>
/// The limits of what a node holds for connections that other nodes may have. A member that is null has its value in
/// <c>actorstack.cluster.unknown-flows</c> of <c>akka.hocon</c>.
/// </summary>
public sealed class UnknownFlowOptions
{
    /// <summary>The most flows that are asked about at a time, 1 or more.</summary>
    public int? Flows { get; set; }

    /// <summary>The most segments of one flow that are held until the answer comes, 1 or more.</summary>
    public int? FramesPerFlow { get; set; }

    /// <summary>The most bytes of the held segments of all flows, 65536 or more.</summary>
    public long? Bytes { get; set; }

    /// <summary>The most flows that are steered to the nodes that have them, 1 or more.</summary>
    public int? SteeredFlows { get; set; }
}
