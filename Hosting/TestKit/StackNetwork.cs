using System.Net;
using ActorStack.Actors;
using ActorStack.Actors.Connections;
using ActorStack.Hosting;
using ActorStack.TestKit.Capture;
using ActorStack.TestKit.Cluster;
using ActorStack.TestKit.Driver;
using ActorStack.TestKit.Links;
using ActorStack.Transport.Links;
using ActorStack.Transport.Wire;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;

namespace ActorStack.TestKit;

/// <summary>
/// A network in memory and in virtual time: nodes of a cluster that share one virtual address, and peers at the other end of a
/// wire that loses and reorders packets as its seed says. Everything runs on the thread of the test, and time passes only where
/// the test waits.
/// </summary>
public sealed partial class StackNetwork
{
    private static readonly WireImpairments Quiet = new() { Delay = TimeSpan.FromMilliseconds(0.5) };

    private readonly List<StackNode> _nodes = [];
    private readonly InMemoryWire _wire;
    private readonly Fabric _fabric;
    private readonly SimulatedCluster _cluster;
    private readonly PeerSide _peers;
    private readonly WireRecording _recording = new();
    private readonly HostStarter _starter;
    private IActorRef _peerHost = ActorRefs.Nobody;
    private int _scripted;

    internal StackNetwork(ActorSystem system, int seed)
    {
        Seed = seed;
        Random = new Random(seed);
        Log = new NetworkLog(Driver.Clock);
        _wire = new InMemoryWire(
            new InMemoryWireOptions { Seed = seed, LeftToRight = Quiet, RightToLeft = Quiet }, Driver.Clock);
        _fabric = new Fabric(_wire.Left) { Entrance = "" };
        _peers = new PeerSide(_wire.Right, Driver.Clock, _recording);
        _cluster = new SimulatedCluster(
            new SimulatedClusterSettings
            {
                Seed = seed,
                LeastDelay = TimeSpan.FromMilliseconds(0.1),
                GreatestDelay = TimeSpan.FromMilliseconds(0.5),
            },
            Driver.Clock);
        _starter = new HostStarter(this, system, _cluster, _fabric);
        Driver.Add(() => _fabric.Turn() | _peers.Turn() | _cluster.Turn(), NextArrival);
    }

    /// <summary>The seed of everything that the network draws.</summary>
    public int Seed { get; }

    /// <summary>Random numbers from the seed, for what the test itself draws.</summary>
    public Random Random { get; }

    /// <summary>The clock of the network, which the handlers get from dependency injection too.</summary>
    public TimeProvider Time => Driver.Clock;

    /// <summary>The virtual time since the network was made.</summary>
    public TimeSpan Now => Driver.Now;

    /// <summary>The virtual address of the nodes.</summary>
    public IPAddress Address { get; } = HostStarter.NodeAddress.ToIPAddress();

    /// <summary>The nodes in the order in which they were added, with those that do not run any more.</summary>
    public IReadOnlyList<StackNode> Nodes => _nodes;

    /// <summary>The virtual time that an expectation or a move may take where it names no limit: 30 s at first.</summary>
    public TimeSpan Limit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The packets of each connection as they were at the peers, in the order of their first segments: counts, and each break of
    /// <see cref="WireRule"/>.
    /// </summary>
    public IReadOnlyList<WireReport> Wire => _recording.Reports;

    internal NetworkDriver Driver { get; } = new();

    internal NetworkLog Log { get; }

    /// <summary>The packets so far as a capture file.</summary>
    internal byte[] Capture => _recording.ToArray();

    /// <summary>
    /// Adds a node and starts it. The first running node gets the packets of the peers; see <see cref="RouteTo"/>.
    /// </summary>
    /// <param name="name">
    /// The name of the node, which no other node of this network had: 1 to 32 small letters, digits and dashes.
    /// </param>
    /// <param name="configure">
    /// Registers handlers and their services, as in the service itself:
    /// <c>stack => stack.AddConnectionHandler&lt;EchoHandler&gt;("echo", 7)</c>. Options of the stack have no meaning here.
    /// </param>
    /// <exception cref="ArgumentException">The name is not valid, or a node had it before.</exception>
    public async Task<StackNode> AddNodeAsync(string name, Action<ActorStackBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        if (!NodeName.IsValid(name))
            throw new ArgumentException($"'{name}' is no name of a node. {NodeName.WhatToDo}", nameof(name));
        if (_nodes.Exists(node => node.Name == name))
            throw new ArgumentException($"This network had a node {name} before. Give the new one another name.", nameof(name));
        Log.Add($"node {name} starts");
        var node = await _starter.StartNodeAsync(name, configure);
        _nodes.Add(node);
        if (_fabric.Entrance.Length == 0) _fabric.Entrance = name;
        return node;
    }

    /// <summary>Opens a connection of a real peer to a port of <see cref="Address"/>.</summary>
    /// <param name="port">The port of a service.</param>
    /// <exception cref="ExpectationException">The connection was refused, or not answered in time.</exception>
    public async Task<StackPeer> ConnectAsync(int port)
    {
        if (_peerHost.IsNobody()) _peerHost = await _starter.StartPeersAsync(_peers.Host);
        var remote = new TcpEndpoint(HostStarter.NodeAddress, checked((ushort)port));
        var connected = await AskAsync<StackProtocol.Connected>(
            _peerHost, new StackProtocol.Connect(new(remote)), $"a connection to port {port}");
        var peer = new StackPeer(this, connected.Connection);
        Log.Add($"{peer.Local} is connected to port {port}");
        return peer;
    }

    /// <summary>Listens on a port of the peers' host, which nodes connect to.</summary>
    /// <param name="port">The port.</param>
    public async Task<StackPeerListener> ListenAsync(int port)
    {
        if (_peerHost.IsNobody()) _peerHost = await _starter.StartPeersAsync(_peers.Host);
        var listening = await AskAsync<StackProtocol.Listening>(
            _peerHost, new StackProtocol.Listen(new ListenerSettings($"peer-{port}", checked((ushort)port), Application: null)),
            $"the port {port} of the peers", TimeSpan.Zero);
        return new StackPeerListener(
            this, listening.Accepted!, new IPEndPoint(HostStarter.PeerAddress.ToIPAddress(), listening.Port));
    }

    /// <summary>Adds a peer whose segments the test writes one by one. It has sent nothing yet.</summary>
    /// <param name="port">The port of <see cref="Address"/> that it talks to.</param>
    public ScriptedPeer AddScriptedPeer(int port)
    {
        var local = new TcpEndpoint(HostStarter.ScriptedAddress, checked((ushort)(50_000 + ++_scripted)));
        var peer = new ScriptedPeer(this, _peers, new FlowKey(local, new(HostStarter.NodeAddress, checked((ushort)port))));
        _peers.Attach(local, peer.Take);
        return peer;
    }

    /// <summary>Lets virtual time pass.</summary>
    /// <param name="time">How much.</param>
    public async Task PassAsync(TimeSpan time)
    {
        using var passing = Expect($"the end of {time}", time + TimeSpan.FromSeconds(1));
        await Task.Delay(time, Time, passing.Late);
    }

    /// <summary>
    /// Waits until something holds that the test can look at, for example the state of a service of a node. It is looked at each
    /// millisecond.
    /// </summary>
    /// <param name="condition">What must hold.</param>
    /// <param name="what">What it is, for the text of a failure: "waited in vain for ...".</param>
    /// <param name="limit">The virtual time that it may take; null: <see cref="Limit"/>.</param>
    /// <exception cref="ExpectationException">It does not hold in time.</exception>
    public async Task UntilAsync(Func<bool> condition, string what, TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(condition);
        using var expected = Expect(what, limit);
        while (!condition())
        {
            if (Now >= expected.Deadline) throw expected.InVain("it does not hold");
            await Task.Delay(TimeSpan.FromMilliseconds(1), Time);
        }
    }

    internal Expectation Expect(string what, TimeSpan? limit) => new(Driver, what, limit ?? Limit);

    internal Task<T> AskAsync<T>(StackNode node, object question, string what, TimeSpan? limit = null) => node.IsRunning
        ? AskAsync<T>(node.Stack, question, what, limit)
        : throw new InvalidOperationException($"The node {node} does not run any more.");

    /// <summary>Asks a stack.</summary>
    /// <param name="stack">The stack.</param>
    /// <param name="question">A message of its protocol.</param>
    /// <param name="what">What is awaited, for the text of a failure.</param>
    /// <param name="limit">The virtual time that it may take; null: <see cref="Limit"/>. Zero: time stands still.</param>
    internal async Task<T> AskAsync<T>(IActorRef stack, object question, string what, TimeSpan? limit = null)
    {
        var isStanding = limit == TimeSpan.Zero;
        using var expected = new Expectation(Driver, what, isStanding ? Limit : limit ?? Limit) { IsStanding = isStanding };
        object answer;
        try
        {
            answer = await stack.Ask<object>(question, Timeout.InfiniteTimeSpan, expected.Late);
        }
        catch (OperationCanceledException) when (expected.Late.IsCancellationRequested)
        {
            throw expected.InVain("there is no answer");
        }

        return answer switch
        {
            T wanted => wanted,
            StackProtocol.Failed failed => throw Failure($"{failed.Message} {failed.WhatToDo}".TrimEnd()),
            StackProtocol.ConnectFailed failed => throw Failure(failed.Message),
            var other => throw new InvalidOperationException($"The stack answered {question} with {other}."),
        };

        ExpectationException Failure(string reason) => new($"{Capital(what)} was expected. {reason}");
    }

    /// <summary>
    /// Checks the stacks of the nodes by what they sent to real peers. A RST may be what the test wants, and a gap may still be
    /// filled, so neither counts.
    /// </summary>
    internal void VerifyStacks()
    {
        foreach (var report in Wire.Where(report => report.Client.Address != HostStarter.ScriptedAddress))
        {
            if (report.Violations.FirstOrDefault(one => one.Rule is not (WireRule.NoReset or WireRule.NoGap)) is { } violation)
                throw new ExpectationException($"The wire of {report.Client} is against {violation.Rule}. {violation.Text}");
        }
    }

    /// <summary>Disposes the services of the nodes, after their stacks have ended.</summary>
    internal void Dispose()
    {
        foreach (var node in _nodes.Where(node => !node.Context.IsDead))
        {
            var disposed = ((ServiceProvider)node.Services).DisposeAsync().AsTask();
            Driver.Pump(() => disposed.IsCompleted);
            disposed.GetAwaiter().GetResult();
        }

        _recording.Dispose();
        _wire.Dispose();
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private TimeSpan? NextArrival() => (_wire.NextDelivery, _cluster.NextEvent) switch
    {
        ({ } packet, { } message) => packet < message ? packet : message,
        var (packet, message) => packet ?? message,
    };
}
