using Akka.Actor;

namespace ActorStack.Actors.Cluster.Queries;

/// <summary>Brings the queries of other nodes, and their answers, to the stack's actor.</summary>
internal sealed class ConnectionQueryRouter(IActorRef stackActor) : INodeObserver
{
    public void OnMessage(string node, NodeMessage message)
    {
        if (message is ConnectionQuery.Ask or ConnectionQuery.Page) stackActor.Tell(new Told(node, message), ActorRefs.NoSender);
    }

    public void OnNodeJoined(ClusterNode node)
    {
    }

    public void OnNodeRemoved(ClusterNode node)
    {
    }

    /// <summary>A message of another node, or of this one to itself.</summary>
    public sealed record Told(string Node, NodeMessage Message) : INoSerializationVerificationNeeded;
}
