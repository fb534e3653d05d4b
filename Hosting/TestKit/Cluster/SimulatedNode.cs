using ActorStack.Actors.Cluster;

namespace ActorStack.TestKit.Cluster;

/// <summary>One node's view of a <see cref="SimulatedCluster"/>.</summary>
internal sealed class SimulatedNode(SimulatedCluster cluster, ClusterNode node) : INodeNetwork
{
    public ClusterNode Node => node;

    public string Self => node.Name;

    public bool IsCluster => true;

    public IReadOnlyCollection<ClusterNode> Nodes => cluster.NodesSeenBy(this);

    public long? ConnectionsOf(string node) => cluster.ConnectionsOf(node);

    public NodeWork? WorkOf(string node) => cluster.WorkOf(node);

    public bool MayEmit => IsRunning && Lease.Holds(cluster.Now);

    public EmissionLease Lease { get; } = new(cluster.Settings.Lease);

    public List<INodeObserver> Observers { get; } = [];

    /// <summary>False after <see cref="SimulatedCluster.Crash"/>, and after the node has left.</summary>
    public bool IsRunning { get; set; } = true;

    /// <summary>True between <see cref="SimulatedCluster.Suspend"/> and <see cref="SimulatedCluster.Resume"/>.</summary>
    public bool IsSuspended { get; set; }

    /// <summary>False when the cluster has removed the node.</summary>
    public bool IsMember { get; set; } = true;

    /// <summary>What <see cref="Report"/> gave; null: nothing yet.</summary>
    public Func<long>? CountConnections { get; private set; }

    /// <inheritdoc cref="CountConnections"/>
    public Func<NodeWork>? Work { get; private set; }

    public void Send(string to, NodeMessage message) => cluster.Send(this, to, message);

    public void Attach(INodeObserver observer) => cluster.Attach(this, observer);

    public void Report(Func<long> connections, Func<NodeWork> work) => (CountConnections, Work) = (connections, work);
}
