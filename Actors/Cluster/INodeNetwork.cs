namespace ActorStack.Actors.Cluster;

/// <summary>
/// The cluster as one node sees it: the other nodes, messages to them, and the lease without which the node emits nothing.
/// Messages arrive at most once; between two nodes they arrive in the order in which they were sent. Any thread may use it.
/// </summary>
internal interface INodeNetwork
{
    /// <summary>The name of this node.</summary>
    string Self { get; }

    /// <summary>
    /// True for a cluster, whose nodes hold a lease. False for the processes of one machine: their kernel tells when one of them
    /// has ended, so that none needs a lease.
    /// </summary>
    bool IsCluster { get; }

    /// <summary>The nodes that are members of the cluster now, this one too.</summary>
    IReadOnlyCollection<ClusterNode> Nodes { get; }

    /// <summary>The connections of another node as its last heartbeat told; null: not known.</summary>
    long? ConnectionsOf(string node);

    /// <summary>The work of another node as it told last; null: not known.</summary>
    NodeWork? WorkOf(string node);

    /// <summary>
    /// True while this node has heard the majority of the cluster within the lease. A node without the lease emits no segment,
    /// because the majority may already have given its connections to other nodes.
    /// </summary>
    bool MayEmit { get; }

    /// <summary>
    /// Sends a message. It never blocks, and a message to a node that is not a member is dropped: the sender's time limit
    /// notices.
    /// </summary>
    void Send(string node, NodeMessage message);

    /// <summary>
    /// Delivers what arrives to <paramref name="observer"/> from now on, first the other nodes that are members already. There
    /// may be several observers: each hears everything, and leaves alone what is not for it.
    /// </summary>
    void Attach(INodeObserver observer);

    /// <summary>
    /// Gives the number of this node's connections and its work, which its heartbeats tell the others. Both are called from any
    /// thread.
    /// </summary>
    void Report(Func<long> connections, Func<NodeWork> work);
}
