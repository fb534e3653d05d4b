using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Cluster.Flows;

/// <summary>A flow that another node has, and whose segments came here.</summary>
internal sealed class SteeredFlow(in FlowKey key, string node)
{
    public FlowKey Key { get; } = key;

    /// <summary>The node that has the flow.</summary>
    public string Node { get; set; } = node;

    /// <summary>The flow is steered no more, to see whether it still has segments.</summary>
    public bool IsOnTrial { get; set; }
}
