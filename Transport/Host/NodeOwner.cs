namespace ActorStack.Transport.Host;

/// <summary>The owner of a flow whose connection another node has: segments that still come here are forwarded to it.</summary>
/// <param name="node">The name of the node.</param>
/// <param name="epoch">The epoch with which the node took the connection.</param>
public sealed class NodeOwner(string node, long epoch) : FlowOwner(FlowOwnerKind.Node, epoch)
{
    /// <summary>The name of the node.</summary>
    public string Node => node;

    /// <inheritdoc/>
    public override string ToString() => $"node {node}";
}
