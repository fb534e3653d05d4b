using System.Collections.Concurrent;
using ActorStack.Actors.Cluster;
using ActorStack.Actors.Migration;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Host;
using ActorStack.Transport.Links;
using ActorStack.Transport.Wire;
using Akka.Actor;
using Akka.Event;

namespace ActorStack.Actors.Connections;

/// <summary>
/// State that the loops of one stack share. Any thread may use it; the data of one loop's thread is in
/// <see cref="LoopContext"/>.
/// </summary>
internal sealed class StackShared
{
    private readonly long _origin;
    private long _lastNumber;
    private int _unwrittenEnds;
    private volatile bool _isLeaving;

    public StackShared(StackSettings settings, long incarnation, IActorRef actor, ILoggingAdapter log)
    {
        Settings = settings;
        Memory = new TcpMemory(settings.Memory);
        Buffers = settings.Buffers with { Memory = Memory };
        Actor = actor;
        Log = log;
        Errors = new LimitedLog(log, settings.Time);
        Refusals = new RefusalLog(this);
        var link = settings.Link as IMultiQueueLink;
        Queues = link?.Queues ?? [settings.Link];
        HandOvers = [.. Queues.Select(_ => new HandOverQueue())];
        Engaging = [.. Queues.Select((_, index) => new EngagingFlows(this, index))];
        _origin = settings.Time.GetTimestamp();
        Host = new HostShared(HostSettingsOf(settings, Memory), link?.Spread ?? FlowSpread.OneLoop);
        Migration = new MigrationProtocol(new MigrationLimits(
            settings.JournalTimeout, settings.MigrationTimeout, settings.HandoffTimeout, settings.DehydrationTimeout));
        Incarnation = incarnation;
        settings.Cluster?.Report(() => Connections.Count, () => Work);
    }

    public StackSettings Settings { get; }

    /// <summary>The number of this start, which the ids of connections hold.</summary>
    public long Incarnation { get; }

    /// <summary>The stack's actor.</summary>
    public IActorRef Actor { get; }

    public ILoggingAdapter Log { get; }

    /// <summary>Logs errors that a connection causes.</summary>
    public LimitedLog Errors { get; }

    /// <summary>Logs which limits refuse connections.</summary>
    public RefusalLog Refusals { get; }

    /// <summary>The queues of the link, one for each loop.</summary>
    public IReadOnlyList<ILink> Queues { get; }

    /// <summary>The queue of each loop for frames that arrived in another loop's queue.</summary>
    public IReadOnlyList<HandOverQueue> HandOvers { get; }

    /// <summary>
    /// The contexts of the loops. Each belongs to its loop's thread; other threads reach it by work that runs on that loop.
    /// </summary>
    public IReadOnlyList<EngagingFlows> Engaging { get; }

    /// <summary>State that the TCP hosts of the loops share.</summary>
    public HostShared Host { get; }

    /// <summary>The memory that the buffers of all connections hold.</summary>
    public TcpMemory Memory { get; }

    public ConnectionBufferOptions Buffers { get; }

    public TimeProvider Time => Settings.Time;

    /// <summary>Time since the stack started, the same on all loops.</summary>
    public TimeSpan Now => Time.GetElapsedTime(_origin);

    /// <summary>Every connection that has not ended, by its id, so that a message finds its connection on any loop.</summary>
    public ConcurrentDictionary<string, FlowEntry> Connections { get; } = new();

    /// <summary>The counters of each loop, which its thread alone changes.</summary>
    public ConcurrentBag<HostCounters> Counters { get; } = [];

    /// <summary>The work of this node: the figures of other threads may be older by a moment.</summary>
    public NodeWork Work => new(
        Counters.Sum(loop => loop.BytesReceived + loop.BytesSent), Settings.ProcessorTime());

    public IdentifierMap Identifiers { get; } = new();

    /// <summary>The other nodes of the cluster; null: there is no cluster.</summary>
    public INodeNetwork? Cluster => Settings.Cluster;

    /// <summary>Forwards segments of connections that other nodes have; null: there is no cluster.</summary>
    public INodeForwarder? Forwarder => Settings.Forwarder;

    /// <summary>What this node remembers of connections that other nodes have or offered.</summary>
    public HandoffRegister Handoffs { get; } = new();

    /// <summary>Counts migrations.</summary>
    public ConcurrentDictionary<MigrationKind, long> Migrations { get; } = new();

    /// <summary>Asks all applications for an early, orderly end.</summary>
    public CancellationTokenSource Stopping { get; } = new();

    /// <summary>The node takes no connections any more: it stops, or drains for good.</summary>
    public bool IsLeaving => _isLeaving;

    public MigrationProtocol Migration { get; }

    /// <summary>The number of ended connections whose end is not in the journal yet.</summary>
    public int UnwrittenEnds => Volatile.Read(ref _unwrittenEnds);

    public IOffloadEngine? FindEngine(string name) => Settings.Engines.FirstOrDefault(engine => engine.Name == name);

    public ConnectionId NextId() => new(Settings.Node, Incarnation, Interlocked.Increment(ref _lastNumber));

    /// <summary>The node refuses connections of peers and of other nodes from now on.</summary>
    public void Leave()
    {
        _isLeaving = true;
        Host.StopListening();
    }

    /// <summary>The end of a connection is being journaled.</summary>
    public void AwaitEnd() => Interlocked.Increment(ref _unwrittenEnds);

    /// <summary>
    /// The end of a connection is in the journal, or will never be. A stack that stops is told when the last end is written.
    /// </summary>
    public void NoteEndWritten()
    {
        if (Interlocked.Decrement(ref _unwrittenEnds) == 0 && Stopping.IsCancellationRequested)
            Actor.Tell(ConnectionProtocol.EndsWritten.Instance, ActorRefs.NoSender);
    }

    private static HostSettings HostSettingsOf(StackSettings settings, TcpMemory memory) => new(settings.Addresses)
    {
        Tcp = settings.Tcp with { Mtu = settings.Link.Mtu, MaximumSegmentPayload = settings.Link.MaximumSegmentPayload },
        Memory = memory,
        EphemeralPorts = settings.EphemeralPorts,
        Seed = settings.Seed,
        Shared = settings.Secret is { } secret
            ? new SharedSecret(secret, settings.Time.GetUtcNow()) { HasSeveralHosts = settings.IsSecretShared }
            : null,
        IsSettled = settings.IsSettled,
        MaximumConnections = settings.MaximumConnections,
        MaximumHalfOpen = settings.MaximumHalfOpen,
        MaximumHalfOpenPerSource = settings.MaximumHalfOpenPerSource,
        MaximumConnectionsPerSource = settings.MaximumConnectionsPerSource,
        MaximumOrphans = settings.MaximumOrphans,
        MaximumTimeWaits = settings.MaximumTimeWaits,
        ChallengesPerSecond = settings.ChallengesPerSecond,
        HasDirectory = settings.Directory is not null,
    };
}
