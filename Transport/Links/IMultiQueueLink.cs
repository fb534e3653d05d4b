using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Links;

/// <summary>
/// A link with several queues, each of which one thread reads. What is sent through the link itself leaves by the queue of its
/// flow.
/// </summary>
public interface IMultiQueueLink : ILink
{
    /// <summary>The queues. They are the link's to close, and belong to their readers otherwise.</summary>
    IReadOnlyList<ILink> Queues { get; }

    /// <summary>
    /// Says which queue is a flow's. The link brings packets to it as far as it can; who reads them hands the others over.
    /// </summary>
    FlowSpread Spread { get; }
}
