using ActorStack.Actors.Migration;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Links;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Buffers;
using ActorStack.Transport.Timing;
using ActorStack.Transport.Wire;
using Akka.Actor;
using Akka.Event;

namespace ActorStack.Actors.Connections;

/// <summary>What the actors of one stack share. Belongs to the loop's thread, on which all of them run.</summary>
internal sealed class StackContext
{
    private readonly long _origin;
    private readonly long _boot;
    private long _lastNumber;

    public StackContext(StackSettings settings, long boot, IActorRef stack, ILoggingAdapter log)
    {
        Settings = settings;
        Memory = new TcpMemory(settings.Memory);
        Buffers = settings.Buffers with { Memory = Memory };
        Stack = stack;
        Log = log;
        Errors = new LimitedLog(log, settings.Time);
        Tcp = settings.Tcp with
        {
            Mtu = settings.Link.Mtu,
            MaximumSegmentPayload = settings.Link.MaximumSegmentPayload,
            Counters = Counters.Tcp,
            Memory = Memory,
            Orphans = new OrphanLimit(settings.MaximumOrphans),
            Challenges = new ChallengeBudget(settings.ChallengesPerSecond, settings.Seed is { } seed ? new Random(seed) : new Random()),
        };
        TimeWaits = new TimeWaitTable(settings.MaximumTimeWaits, Tcp);
        Sequences = new InitialSequence(settings.Seed);
        Migration = new MigrationProtocol(new MigrationLimits(settings.JournalTimeout, settings.MigrationTimeout));
        _boot = boot;
        _origin = settings.Time.GetTimestamp();
    }

    public StackSettings Settings { get; }

    public IActorRef Stack { get; }

    public ILoggingAdapter Log { get; }

    /// <summary>For what goes wrong on account of a connection.</summary>
    public LimitedLog Errors { get; }

    public TcpSettings Tcp { get; }

    /// <summary>What the buffers of all connections hold.</summary>
    public TcpMemory Memory { get; }

    public ConnectionBufferOptions Buffers { get; }

    public InitialSequence Sequences { get; }

    public ILink Link => Settings.Link;

    public TimeProvider Time => Settings.Time;

    /// <summary>Time since the stack started.</summary>
    public TimeSpan Now => Time.GetElapsedTime(_origin);

    public TimerWheel Wheel { get; } = new();

    public Dictionary<FlowKey, FlowEntry> Flows { get; } = [];

    /// <summary>Every connection whose actor lives, also where its flow is over.</summary>
    public Dictionary<string, FlowEntry> Connections { get; } = [];

    /// <summary>Flows whose connection is over and whose late segments are still to be dealt with.</summary>
    public TimeWaitTable TimeWaits { get; }

    public SourceCounts Sources { get; } = new();

    public PathCache Paths { get; } = new();

    /// <summary>What destinations granted to connections that are opened from here.</summary>
    public FastOpenCache FastOpens { get; } = new();

    /// <summary>Flows whose frames are all forwarded to their engine once the link is drained.</summary>
    public List<FlowEntry> Engaging { get; } = [];

    public IdentifierMap Identifiers { get; } = new();

    public StackCounters Counters { get; } = new();

    public SegmentBurstPool Bursts { get; } = new();

    /// <summary>Asks applications for an early, orderly end.</summary>
    public CancellationTokenSource Stopping { get; } = new();

    public MigrationProtocol Migration { get; }

    public IOffloadEngine? FindEngine(string name) => Settings.Engines.FirstOrDefault(engine => engine.Name == name);

    public ConnectionId NextId() => new($"{_boot}-{++_lastNumber}");
}
