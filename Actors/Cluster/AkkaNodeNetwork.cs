using ActorStack.Actors.Cluster.Channel;
using Akka.Actor;
using Akka.Configuration;

namespace ActorStack.Actors.Cluster;

/// <summary>
/// A node's view of its cluster over Akka.Cluster. <see cref="NodeActor"/> does the work; this class is what other threads see of
/// it.
/// </summary>
internal sealed class AkkaNodeNetwork : INodeNetwork
{
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _origin;
    private IActorRef _actor = ActorRefs.Nobody;
    private NodeView _view = NodeView.Empty;
    private byte[]? _secret;

    private AkkaNodeNetwork(NodeNetworkSettings settings)
    {
        Settings = settings;
        Lease = new EmissionLease(settings.Lease);
        _origin = settings.Time.GetTimestamp();
        _secret = settings.Secret;
    }

    public NodeNetworkSettings Settings { get; }

    public string Self => Settings.Name;

    public bool IsCluster => true;

    public IReadOnlyCollection<ClusterNode> Nodes => Volatile.Read(ref _view).Nodes;

    public long? ConnectionsOf(string node) => Snapshots.FirstOrDefault(one => one.Name == node)?.Connections;

    public NodeWork? WorkOf(string node) =>
        Volatile.Read(ref _view).Work.TryGetValue(node, out var work) ? work : null;

    /// <summary>The channel to a node, which carries its messages past Akka.Remote; null: there is none.</summary>
    public NodeChannel? ChannelTo(string node) => Volatile.Read(ref _view).Senders.GetValueOrDefault(node)?.Channel;

    public bool MayEmit => Lease.Holds(Now);

    /// <summary>
    /// Ends when this node is a member, knows the other members and has the secret of the cluster. It fails with
    /// <see cref="NodeNetworkException"/> where an older member has the name of this node.
    /// </summary>
    public Task Joined => _joined.Task;

    /// <summary>The secret of the cluster, known after <see cref="Joined"/>.</summary>
    public byte[] Secret =>
        Volatile.Read(ref _secret) ?? throw new InvalidOperationException("the node has not joined its cluster");

    /// <summary>All members for people, also those that messages cannot be sent to.</summary>
    public IReadOnlyList<NodeSnapshot> Snapshots => Volatile.Read(ref _view).Snapshots;

    /// <summary>Time since the network started, by the clock of the lease.</summary>
    public TimeSpan Now => Settings.Time.GetElapsedTime(_origin);

    public EmissionLease Lease { get; }

    /// <summary>The secret where it is known.</summary>
    public byte[]? KnownSecret => Volatile.Read(ref _secret);

    /// <summary>The connections of this node, as its heartbeats tell the others.</summary>
    public Func<long> CountConnections { get; private set; } = static () => 0;

    /// <summary>The work of this node, as it tells the others; null: there is none yet.</summary>
    public Func<NodeWork>? Work { get; private set; }

    /// <summary>Starts the actor of this node; the system must run Akka.Cluster.</summary>
    /// <exception cref="ConfigurationException">The configuration of the cluster does not keep one emitter.</exception>
    public static AkkaNodeNetwork Start(ActorSystem system, NodeNetworkSettings settings)
    {
        ClusterCheck.Verify(system.Settings.Config, settings);
        var network = new AkkaNodeNetwork(settings);
        var props = Props.Create<NodeActor>(network).WithDispatcher(NodeActor.DispatcherId);
        network._actor = ((ExtendedActorSystem)system).SystemActorOf(props, NodeActor.Name);
        return network;
    }

    public void Send(string node, NodeMessage message)
    {
        if (Volatile.Read(ref _view).Senders.TryGetValue(node, out var sender)) sender.SendFast(message);
    }

    public void Attach(INodeObserver observer) => _actor.Tell(new NodeActor.Attach(observer), ActorRefs.NoSender);

    public void Report(Func<long> connections, Func<NodeWork> work) => (CountConnections, Work) = (connections, work);

    /// <summary>Another view; called by the actor only.</summary>
    public void Publish(NodeView view) => Volatile.Write(ref _view, view);

    public void Learn(byte[] secret) => Volatile.Write(ref _secret, secret);

    public void CompleteJoin() => _joined.TrySetResult();

    public void FailJoin(Exception reason) => _joined.TrySetException(reason);
}
