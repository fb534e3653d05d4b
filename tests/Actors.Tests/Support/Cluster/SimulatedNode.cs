using ActorStack.Actors.Cluster;

namespace ActorStack.Actors.Tests.Support.Cluster;

/// <summary>One node's view of a <see cref="SimulatedCluster"/>.</summary>
internal sealed class SimulatedNode(SimulatedCluster cluster, ClusterNode node) : INodeNetwork
{
    public ClusterNode Node => node;

    public string Self => node.Name;

    public IReadOnlyCollection<ClusterNode> Nodes => cluster.NodesSeenBy(this);

    public bool MayEmit => IsRunning && Lease.Holds(cluster.Now);

    public EmissionLease Lease { get; } = new(cluster.Settings.Lease);

    public INodeObserver? Observer { get; private set; }

    /// <summary>False after <see cref="SimulatedCluster.Crash"/>, and after the node has left.</summary>
    public bool IsRunning { get; set; } = true;

    /// <summary>True between <see cref="SimulatedCluster.Suspend"/> and <see cref="SimulatedCluster.Resume"/>.</summary>
    public bool IsSuspended { get; set; }

    /// <summary>False when the cluster has removed the node.</summary>
    public bool IsMember { get; set; } = true;

    public void Send(string to, NodeMessage message) => cluster.Send(this, to, message);

    public void Attach(INodeObserver observer)
    {
        if (Observer is not null) throw new InvalidOperationException($"{Self} has an observer already");
        Observer = observer;
        cluster.OnAttached(this);
    }
}
