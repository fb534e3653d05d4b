using System.Collections.Frozen;
using ActorStack.Actors.Connections;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using AkkaCluster = Akka.Cluster.Cluster;

namespace ActorStack.Actors.Cluster;

/// <summary>
/// The actor of a node in its cluster. It follows the membership of Akka.Cluster, exchanges hellos and heartbeats with the other
/// members, and delivers their messages to the observers.
/// </summary>
/// <remarks>
/// A node is removed for its observers when it emits nothing any more. The cluster removes a member only after every reachable
/// member has seen it as down, and from then on none of them answers its heartbeats. Its lease has therefore run out one lease
/// after the removal.
/// </remarks>
internal sealed partial class NodeActor : UntypedActor, IWithTimers
{
    public const string Name = "actorstack-node";
    public const string DispatcherId = "akka.actor.internal-dispatcher";

    /// <summary>The time between two reports of the node's work.</summary>
    private static readonly TimeSpan WorkInterval = TimeSpan.FromSeconds(1);

    private readonly AkkaNodeNetwork _network;
    private readonly AkkaCluster _cluster = AkkaCluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly LimitedLog _refusals;
    private readonly Dictionary<UniqueAddress, Peer> _peers = [];
    private readonly Dictionary<IActorRef, Peer> _byActor = [];
    private readonly List<Departure> _departing = [];
    private INodeObserver[] _observers = []; // replaced and never changed: the threads of the channels read it
    private readonly PartSender _toSelf;
    private Member? _self;
    private TimeSpan _tellsWorkAt;
    private bool _hasEnded;

    public NodeActor(AkkaNodeNetwork network)
    {
        _network = network;
        _refusals = new LimitedLog(_log, network.Settings.Time);
        _toSelf = new PartSender(Self, Self);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private NodeNetworkSettings Settings => _network.Settings;

    private bool IsMember => _self is { } self && Peer.Counts(self);

    protected override void PreStart()
    {
        _cluster.Subscribe(
            Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent),
            typeof(ClusterEvent.ClusterShuttingDown));
        OpenListener();
        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, TimeSpan.Zero, Settings.Heartbeat);
    }

    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        CloseChannels();
        EndMembership("the actor system has ended");
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Tick:
                OnTick();
                break;
            case ClusterEvent.MemberRemoved removed:
                OnRemoved(removed.Member);
                break;
            case ClusterEvent.IMemberEvent changed:
                OnChanged(changed.Member);
                break;
            case ClusterEvent.ReachabilityEvent reachability:
                OnReachability(reachability);
                break;
            case ClusterEvent.ClusterShuttingDown:
                EndMembership("the node has left its cluster");
                break;
            case Attach attach:
                OnAttach(attach.Observer);
                break;
            case ChannelOpened opened:
                OnChannelOpened(opened);
                break;
            case ChannelFailed failed:
                OnChannelFailed(failed);
                break;
            case ChannelEnded ended:
                OnChannelEnded(ended);
                break;
            case ChannelRefused refused:
                _refusals.Warning(
                    "{0} is refused as the channel of a node: {1}",
                    refused.From?.ToString() ?? "A program", refused.Error.Message);
                break;
            case NodeProtocol.Hello hello:
                OnHello(hello);
                break;
            case NodeMessage when Sender.Equals(Self):
                Deliver(Settings.Name, (NodeMessage)message);
                break;
            case NodeMessage or UnreadableMessage:
                OnArrived(message);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnTick()
    {
        TellWork();
        foreach (var peer in _peers.Values)
        {
            Beat(peer);
            OfferChannel(peer);
        }

        Announce();
        SeekSecret();
        Publish();
    }

    private void TellWork()
    {
        if (_network.Work is not { } work || _network.Now < _tellsWorkAt) return;
        _tellsWorkAt = _network.Now + WorkInterval;
        var worked = new NodeProtocol.Worked(work());
        foreach (var peer in _peers.Values) peer.Sender?.Send(worked);
    }

    private void Beat(Peer peer)
    {
        if (peer.Sender is { } sender) sender.Send(new NodeProtocol.Ping(_network.Now.Ticks));
        else if (peer.Member.Status is not MemberStatus.Down) Greet(peer, isAnswer: false);
    }

    private void OnAttach(INodeObserver observer)
    {
        Volatile.Write(ref _observers, [.. _observers, observer]);
        foreach (var peer in _peers.Values.Where(peer => peer.IsListed)) Tell(observer, _ => observer.OnNodeJoined(peer.Node!));
    }

    private void Deliver(string node, NodeMessage message) => Tell(observer => observer.OnMessage(node, message));

    private void Tell(Action<INodeObserver> tell)
    {
        foreach (var observer in Volatile.Read(ref _observers)) Tell(observer, tell);
    }

    /// <summary>An observer that fails must not end the membership of the node, and not keep the others from hearing.</summary>
    private void Tell(INodeObserver observer, Action<INodeObserver> tell)
    {
        try
        {
            tell(observer);
        }
        catch (Exception error)
        {
            _log.Error(error, "{0} failed at what it heard from the cluster", observer.GetType().Name);
        }
    }

    /// <summary>Tells the other threads, and the lease, who is a member now.</summary>
    private void Publish()
    {
        _network.Lease.SetMembers(IsMember, [.. _peers.Values.Where(peer => peer.IsCounted).Select(peer => peer.Key)]);
        var listed = _peers.Values.Where(peer => peer.IsListed).ToList();
        var nodes = listed.Select(peer => peer.Node!);
        var senders = listed.Select(peer => KeyValuePair.Create(peer.Node!.Name, peer.Sender!));
        var self = new ClusterNode(
            Settings.Name, Settings.Incarnation, Peer.Show(_cluster.SelfAddress), Settings.Steering);
        if (IsMember)
        {
            nodes = nodes.Prepend(self);
            senders = senders.Append(KeyValuePair.Create(Settings.Name, _toSelf));
        }

        var work = listed.Where(peer => peer.Work is not null)
            .ToFrozenDictionary(peer => peer.Node!.Name, peer => peer.Work!.Value);
        _network.Publish(new NodeView([.. nodes], senders.ToFrozenDictionary(), Snapshots(self), work));
    }

    private IReadOnlyList<NodeSnapshot> Snapshots(ClusterNode self)
    {
        var status = _self?.Status.ToString().ToLowerInvariant() ?? "joining";
        return
        [
            new NodeSnapshot(self.Name, self.Incarnation, self.Address, status, _network.CountConnections(), IsSelf: true),
            .. _peers.Values.Select(peer => new NodeSnapshot(
                peer.Node?.Name ?? "", peer.Node?.Incarnation ?? 0, Peer.Show(peer.Member.Address), peer.Status, peer.Connections,
                IsSelf: false)),
        ];
    }

    /// <summary>Delivers what arrives to one more observer.</summary>
    public sealed record Attach(INodeObserver Observer) : INoSerializationVerificationNeeded;

    /// <summary>A node that was removed, of which the observers hear when it is certain that it emits nothing.</summary>
    /// <param name="At">The time at which its lease has run out.</param>
    /// <param name="Node">The node.</param>
    /// <param name="Silence">Ends when the last message of its channel was delivered.</param>
    private sealed record Departure(TimeSpan At, ClusterNode Node, Task Silence)
    {
        public bool IsOver(TimeSpan now) => At <= now && Silence.IsCompleted;
    }

    private sealed class Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }
}
