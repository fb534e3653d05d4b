using ActorStack.Actors.Migration;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Host;
using ActorStack.Transport.Links;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Timing;
using Akka.Actor;
using Akka.Event;

namespace ActorStack.Actors.Connections;

/// <summary>What the actors of one stack share. Belongs to the loop's thread, on which all of them run.</summary>
internal sealed class StackContext
{
    private readonly long _origin;
    private readonly long _incarnation;
    private long _lastNumber;

    public StackContext(StackSettings settings, long incarnation, IActorRef stack, ILoggingAdapter log)
    {
        Settings = settings;
        Memory = new TcpMemory(settings.Memory);
        Buffers = settings.Buffers with { Memory = Memory };
        Stack = stack;
        Log = log;
        Errors = new LimitedLog(log, settings.Time);
        Host = new TcpHost(new HostSettings(settings.Addresses)
        {
            Tcp = settings.Tcp with { Mtu = settings.Link.Mtu, MaximumSegmentPayload = settings.Link.MaximumSegmentPayload },
            Memory = Memory,
            EphemeralPorts = settings.EphemeralPorts,
            Seed = settings.Seed,
            MaximumConnections = settings.MaximumConnections,
            MaximumHalfOpen = settings.MaximumHalfOpen,
            MaximumHalfOpenPerSource = settings.MaximumHalfOpenPerSource,
            MaximumConnectionsPerSource = settings.MaximumConnectionsPerSource,
            MaximumOrphans = settings.MaximumOrphans,
            MaximumTimeWaits = settings.MaximumTimeWaits,
            ChallengesPerSecond = settings.ChallengesPerSecond,
        });
        Migration = new MigrationProtocol(new MigrationLimits(settings.JournalTimeout, settings.MigrationTimeout));
        _incarnation = incarnation;
        _origin = settings.Time.GetTimestamp();
    }

    public StackSettings Settings { get; }

    public IActorRef Stack { get; }

    public ILoggingAdapter Log { get; }

    /// <summary>For what goes wrong on account of a connection.</summary>
    public LimitedLog Errors { get; }

    /// <summary>All of the TCP host but its connections.</summary>
    public TcpHost Host { get; }

    /// <summary>What the buffers of all connections hold.</summary>
    public TcpMemory Memory { get; }

    public ConnectionBufferOptions Buffers { get; }

    public ILink Link => Settings.Link;

    public TimeProvider Time => Settings.Time;

    /// <summary>Time since the stack started.</summary>
    public TimeSpan Now => Time.GetElapsedTime(_origin);

    public TimerWheel Wheel { get; } = new();

    /// <summary>Every connection that is not over.</summary>
    public Dictionary<string, FlowEntry> Connections { get; } = [];

    /// <summary>Connections that are over and whose end is not in the journal yet.</summary>
    public int UnwrittenEnds { get; set; }

    /// <summary>Flows whose frames are all forwarded to their engine once the link is drained.</summary>
    public List<FlowEntry> Engaging { get; } = [];

    public IdentifierMap Identifiers { get; } = new();

    public HostCounters Counters => Host.Counters;

    /// <summary>Counts migrations by <c>from -> to: outcome</c>.</summary>
    public Dictionary<string, long> Migrations { get; } = [];

    public SegmentBurstPool Bursts { get; } = new();

    /// <summary>Asks applications for an early, orderly end.</summary>
    public CancellationTokenSource Stopping { get; } = new();

    public MigrationProtocol Migration { get; }

    public IOffloadEngine? FindEngine(string name) => Settings.Engines.FirstOrDefault(engine => engine.Name == name);

    public ConnectionId NextId() => new(Settings.Node, _incarnation, ++_lastNumber);

    /// <summary>A flow was admitted or opened: its service makes the actor of its connection.</summary>
    public void Admit(FlowEntry entry, Service service)
    {
        Connections.Add(entry.Id.Value, entry);
        service.Actor.Tell(new Admitted(entry), ActorRefs.NoSender);
    }
}
