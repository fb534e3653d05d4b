namespace ActorStack.Actors.Cluster.Directory;

/// <summary>The messages of the directory of flows.</summary>
internal static class FlowMessage
{
    /// <summary>The most entries of one message, so that it fits into one frame.</summary>
    public const int MostEntries = 800;

    /// <summary>An owner tells the nodes of a slot which flows it has.</summary>
    public sealed record Announce(IReadOnlyList<FlowEpoch> Flows) : NodeMessage;

    /// <summary>An owner tells the nodes of a slot which flows it has no more.</summary>
    public sealed record Withdraw(IReadOnlyList<FlowEpoch> Flows) : NodeMessage;

    /// <summary>Asks a node of a slot who owns flows.</summary>
    public sealed record Find(IReadOnlyList<FlowQuestion> Questions) : NodeMessage;

    /// <summary>The answer to <see cref="Find"/>.</summary>
    public sealed record Found(IReadOnlyList<FlowAnswer> Answers) : NodeMessage;
}
