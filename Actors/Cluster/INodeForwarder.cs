using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Cluster;

/// <summary>
/// Forwards segments of flows that other nodes have. The calls for one flow come from the loop of that flow, one after another.
/// </summary>
internal interface INodeForwarder : IDisposable
{
    /// <summary>
    /// The reason why segments cannot be forwarded to the node, as a text for people; null where they can.
    /// </summary>
    string? WhyUnreachable(string node);

    /// <summary>Lets the segments of the flow go to the node, past this process where the host can do that.</summary>
    void Steer(in FlowKey flow, string node);

    /// <summary>Lets the segments of the flow come to this process again.</summary>
    void Unsteer(in FlowKey flow);

    /// <summary>A connection begins here, or comes here.</summary>
    void Keep(in FlowKey flow)
    {
    }

    /// <summary>No node has the connection any more, so that its flow need not be forwarded.</summary>
    void EndForwarding(in FlowKey flow) => Unsteer(flow);

    /// <summary>Sends a frame of a steered flow to its node. The buffer stays the caller's.</summary>
    void Forward(in FlowKey flow, string node, in LinkFrame frame);
}
