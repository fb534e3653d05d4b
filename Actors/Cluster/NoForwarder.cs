using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Cluster;

/// <summary>The forwarder of a node whose host cannot forward segments: its connections do not move to other nodes.</summary>
/// <param name="reason">The reason, as a text for people.</param>
internal sealed class NoForwarder(string reason) : INodeForwarder
{
    public string WhyUnreachable(string node) => $"cannot leave this node: {reason}";

    public void Steer(in FlowKey flow, string node)
    {
    }

    public void Unsteer(in FlowKey flow)
    {
    }

    public void Forward(in FlowKey flow, string node, in LinkFrame frame)
    {
    }

    public void Dispose()
    {
    }
}
