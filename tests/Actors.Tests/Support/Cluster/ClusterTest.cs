using ActorStack.Actors.Cluster.Balance;
using ActorStack.Actors.Cluster.Directory;
using ActorStack.Actors.Cluster.Flows;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Loop;
using ActorStack.Actors.Migration;
using ActorStack.TestKit.Cluster;
using ActorStack.TestKit.Links;
using Akka.Actor;

namespace ActorStack.Actors.Tests.Support.Cluster;

/// <summary>
/// Three nodes, <c>a</c>, <c>b</c> and <c>c</c>, with one virtual address and one client, in virtual time. All run in one actor
/// system, each on a loop of its own, over a simulated cluster.
/// </summary>
public abstract class ClusterTest : StackTest
{
    private static readonly string[] Names = ["a", "b", "c"];

    private readonly Dictionary<string, IActorRef> _stacks = [];
    private readonly Dictionary<string, FlowDirectory> _directories = [];
    private IReadOnlyList<EventLoop>? _loops;

    private protected ClusterTest()
    {
        Cluster = new SimulatedCluster(new SimulatedClusterSettings(), Clock);
        Fabric = new Fabric(Wire.Left);
    }

    internal SimulatedCluster Cluster { get; private set; }

    internal Fabric Fabric { get; }

    /// <summary>When the nodes give connections to others by themselves; null: they do not.</summary>
    internal BalanceSettings? BalanceRule { get; set; }

    /// <summary>The processor time that a node has spent.</summary>
    internal Func<string, TimeSpan> ProcessorTime { get; set; } = _ => TimeSpan.Zero;

    /// <summary>What the nodes hold for flows that others may have.</summary>
    internal UnknownFlowLimits UnknownFlows { get; set; } = new();

    internal override IReadOnlyList<EventLoop> Loops => _loops ??=
        [.. Names.Select(name => ((LoopDispatcher)Sys.Dispatchers.Lookup(DispatcherOf(name))).Loop)];

    /// <summary>Gives the cluster faults, before the nodes start.</summary>
    internal void UseCluster(SimulatedClusterSettings settings) => Cluster = new SimulatedCluster(settings, Clock);

    /// <summary>Starts the nodes, each with the same service.</summary>
    internal void StartNodes(ConnectionApplication application, params string[] names) =>
        StartNodes(application, isMovable: true, names);

    internal void StartNodes(ConnectionApplication application, bool isMovable, params string[] names) =>
        StartNodes(new ListenerSettings("echo", EchoPort, application) { IsMovable = isMovable }, names);

    internal void StartNodes(ListenerSettings listener, params string[] names)
    {
        StartNodesWithoutService(names);
        foreach (var name in names) Listen(name, listener);
    }

    internal void Listen(string node, ListenerSettings listener) =>
        Assert.Equal(listener.Port, AskNode<StackProtocol.Listening>(node, new StackProtocol.Listen(listener)).Port);

    internal void StartNodesWithoutService(params string[] names)
    {
        foreach (var name in names)
        {
            var node = Cluster.Join(name);
            var directory = _directories[name] = new FlowDirectory(node, Clock);
            var settings = Settings with
            {
                Link = Fabric.LinkOf(name),
                Engines = name == "a" ? [Engine] : [],
                Node = name,
                Incarnation = 1,
                Cluster = node,
                Secret = [.. Enumerable.Repeat((byte)7, 32)],
                Forwarder = Fabric.ForwarderOf(name),
                Directory = directory,
                UnknownFlows = UnknownFlows,
                Balance = BalanceRule,
                ProcessorTime = () => ProcessorTime(name),
            };
            _stacks[name] = Sys.ActorOf(StackActor.Props(settings, DispatcherOf(name)), $"stack-{name}");
        }

        foreach (var name in names) Assert.Empty(ConnectionsOf(name)); // an answer tells that the node has started
    }

    /// <summary>The number of flows that the directory of a node holds for the cluster.</summary>
    internal int HeldBy(string node) => _directories[node].Held;

    internal T AskNode<T>(string node, object question) =>
        Await<T>(_stacks[node].Ask<object>(question, Timeout.InfiniteTimeSpan));

    internal Task<object> StartNode(string node, object question) =>
        _stacks[node].Ask<object>(question, Timeout.InfiniteTimeSpan);

    internal IReadOnlyList<ConnectionSnapshot> ConnectionsOf(string node) =>
        AskNode<StackProtocol.ConnectionList>(node, new StackProtocol.ListConnections(Ended: false)).Connections;

    internal MigrationRecord HandOff(string from, string to)
    {
        var id = Assert.Single(ConnectionsOf(from)).Id;
        var answer = StartNode(from, new StackProtocol.HandOff(id, to));
        Pump(() => answer.IsCompleted, () => $"the handoff; delivered were{Environment.NewLine}{Trail()}");
        return Assert.IsType<MigrationRecord>(answer.Result);
    }

    /// <summary>As <see cref="HandOff"/>, and lets time pass.</summary>
    internal MigrationRecord HandOffInTime(string from, string to)
    {
        var id = Assert.Single(ConnectionsOf(from)).Id;
        var answer = StartNode(from, new StackProtocol.HandOff(id, to));
        return Assert.IsType<MigrationRecord>(AwaitInTime(answer, $"the handoff from {from} to {to}"));
    }

    /// <summary>The answer, for which time may pass.</summary>
    internal object AwaitInTime(Task<object> answer, string awaited)
    {
        PumpInTime(() => answer.IsCompleted, TimeSpan.FromMinutes(5), awaited);
        return answer.Result;
    }

    /// <summary>The one node that runs the connection, when no handoff is on its way any more.</summary>
    internal string OwnerInTime()
    {
        string[] owners = [];
        PumpInTime(
            () => (owners = [.. _stacks.Keys.Where(HasConnection)]).Length == 1, TimeSpan.FromMinutes(5), "one owner");
        return owners[0];

        bool HasConnection(string node) => ConnectionsOf(node).Any(one => one.Phase == "Software");
    }

    internal override bool Turn()
    {
        var worked = Fabric.Turn();
        worked |= base.Turn();
        worked |= Cluster.Turn();
        return worked;
    }

    internal override TimeSpan? NextEvent()
    {
        var next = base.NextEvent();
        if (Cluster.NextEvent is { } due && !(next < Time + due - Cluster.Now)) next = Time + due - Cluster.Now;
        var turn = Time + new FlowDirectorySettings().BatchInterval;
        return next < turn || !_directories.Values.Any(directory => directory.IsArmed) ? next : turn;
    }

    /// <summary>The messages between the nodes, for the text of a failure.</summary>
    internal string Trail() => string.Join(Environment.NewLine, Cluster.Delivered.Concat(Cluster.InFlight));

    private string DispatcherOf(string name) =>
        LoopDispatchers.IdOf(Sys, StackActor.DefaultDispatcher, Array.IndexOf(Names, name));
}
