namespace ActorStack.Actors.Cluster;

/// <summary>Hears what arrives from the other nodes of the cluster. Calls come on any thread and must return at once.</summary>
internal interface INodeObserver
{
    /// <summary>A message of another node arrived.</summary>
    void OnMessage(string node, NodeMessage message);

    /// <summary>A node became a member.</summary>
    void OnNodeJoined(ClusterNode node);

    /// <summary>
    /// A node is no member any more, and by now it emits nothing: its lease has run out, or it has ended. The same name may join
    /// again with a higher incarnation.
    /// </summary>
    void OnNodeRemoved(ClusterNode node);
}
