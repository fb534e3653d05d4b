using ActorStack.Actors.Cluster;
using ActorStack.Actors.Cluster.Balance;
using ActorStack.Actors.Cluster.Directory;
using ActorStack.Actors.Cluster.Flows;
using ActorStack.Actors.Migration;
using ActorStack.Actors.Persistence;
using ActorStack.Actors.Policy;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Host;
using ActorStack.Transport.Links;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Tracing;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors;

/// <summary>The settings of a stack. The stack owns the link and the engines and disposes them when it stops.</summary>
public sealed record StackSettings(ILink Link, IReadOnlyList<IpAddress> Addresses)
{
    internal const int DefaultEndedKept = 1_000;

    /// <summary>The offload engines that connections can move into.</summary>
    public IReadOnlyList<IOffloadEngine> Engines { get; init; } = [];

    /// <summary>The rules for automatic moves; without rules connections move only by an operator's request.</summary>
    public OffloadPolicy Policy { get; init; } = OffloadPolicy.None;

    /// <summary>The settings of the software stack.</summary>
    public TcpSettings Tcp { get; init; } = TcpSettings.Default;

    /// <summary>The sizes of the buffers of each connection.</summary>
    public ConnectionBufferOptions Buffers { get; init; } = ConnectionBufferOptions.Default;

    /// <summary>The event traces; null: connections cannot be traced.</summary>
    public TraceSettings? Trace { get; init; }

    /// <summary>The clock of the stack.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// The local ports of connections that the stack opens. The default range is Linux's; RFC 6056 section 3.2 recommends a
    /// larger one.
    /// </summary>
    public PortRange EphemeralPorts { get; init; } = new(32_768, 60_999);

    /// <summary>The seed of the random numbers, for repeatable tests; null: the system's random numbers.</summary>
    public int? Seed { get; init; }

    /// <summary>
    /// The time that the journal may take to accept a claim. After it an offload, or an upload that an operator requested, is
    /// given up, and the connection stays where it is. Other uploads wait longer.
    /// </summary>
    public TimeSpan JournalTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The time that an engine may take to answer. After it the migration is rolled back or the connection is salvaged.
    /// </summary>
    public TimeSpan MigrationTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The time that another node may take to answer a message of a handoff. After it the handoff is given up, or the message is
    /// sent again.
    /// </summary>
    public TimeSpan HandoffTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The time that an application may take to leave its connection before a handoff.</summary>
    public TimeSpan DehydrationTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The most connections of the stack; a SYN beyond them is dropped and counted.</summary>
    public int MaximumConnections { get; init; } = 100_000;

    /// <summary>
    /// The most connections in the handshake in total; SYNs beyond them are answered with cookies. Each listener's backlog is a
    /// further limit.
    /// </summary>
    public int MaximumHalfOpen { get; init; } = 4_096;

    /// <summary>The same limit for one /24 (IPv4) or /64 (IPv6).</summary>
    public int MaximumHalfOpenPerSource { get; init; } = 256;

    /// <summary>The most connections from one /24 (IPv4) or /64 (IPv6); a SYN beyond them is dropped and counted.</summary>
    public int MaximumConnectionsPerSource { get; init; } = int.MaxValue;

    /// <summary>The most bytes that the buffers of all connections together may hold.</summary>
    public TcpMemoryLimits Memory { get; init; } = TcpMemoryLimits.OfAvailable();

    /// <summary>
    /// The most orphans: connections that their applications have left and that have not ended. One more is reset.
    /// </summary>
    public int MaximumOrphans { get; init; } = 65_536;

    /// <summary>The most connections in TIME-WAIT, each of less than 100 bytes; beyond them the oldest is removed.</summary>
    public int MaximumTimeWaits { get; init; } = 262_144;

    /// <summary>The average rate of challenge ACKs of all connections together (RFC 5961 section 7).</summary>
    public int ChallengesPerSecond { get; init; } = 1_000;

    /// <summary>The number of ended connections that can still be queried.</summary>
    public int EndedKept { get; init; } = DefaultEndedKept;

    /// <summary>Counters of the host's changes, which the owner of the link and the engines increments.</summary>
    public HostChangeCounts HostChanges { get; init; } = new();

    /// <summary>
    /// The store behind the actor system's journal, which the stack reads at its start and keeps small; null: the journal is in
    /// memory.
    /// </summary>
    public IConnectionStore? Journal { get; init; }

    /// <summary>The node in the ids of connections, see <see cref="NodeName"/>; empty: the ids have no node.</summary>
    public string Node { get; init; } = "";

    /// <summary>
    /// The incarnation in the ids of connections, 1 or more; null: the number of starts in the journal. A journal in memory
    /// counts from 1 at each start.
    /// </summary>
    public long? Incarnation { get; init; }

    /// <summary>The cluster of which the stack is a node; null: it is in none.</summary>
    internal INodeNetwork? Cluster { get; init; }

    /// <summary>
    /// Tells which node of the cluster has a flow. It is set where <see cref="Cluster"/> and <see cref="Forwarder"/> are set, and
    /// the stack disposes it.
    /// </summary>
    internal IFlowDirectory? Directory { get; init; }

    /// <summary>When the node gives connections to nodes that have fewer; null: only by an operator's request.</summary>
    internal BalanceSettings? Balance { get; init; }

    /// <summary>The processor time of the process since its start. Called from any thread.</summary>
    internal Func<TimeSpan> ProcessorTime { get; init; } = static () => Environment.CpuUsage.TotalTime;

    /// <summary>The limits of what is held for flows that other nodes may have.</summary>
    internal UnknownFlowLimits UnknownFlows { get; init; } = new();

    /// <summary>
    /// The secret that the nodes of the cluster share, so that each can finish a handshake that another began; null: the stack
    /// draws a secret of its own.
    /// </summary>
    internal byte[]? Secret { get; init; }

    /// <summary>As <see cref="SharedSecret.HasSeveralHosts"/>.</summary>
    internal bool IsSecretShared { get; init; } = true;

    /// <summary>
    /// The incarnation is this at least, so that it is above those of connections that come from another process.
    /// </summary>
    internal long LeastIncarnation { get; init; }

    /// <summary>As <see cref="HostSettings.IsSettled"/>.</summary>
    internal bool IsSettled { get; init; } = true;

    /// <summary>
    /// Gets the record of each move that has ended, whichever way; null: nobody wants them. Called on the thread of the
    /// connection's loop, so that it must return at once.
    /// </summary>
    internal Action<MigrationRecord>? Migrated { get; init; }

    /// <summary>Tells whether the journal takes writes.</summary>
    public JournalHealth JournalHealth { get; init; } = new();

    /// <summary>Forwards segments of connections that other nodes have. It is set where <see cref="Cluster"/> is set.</summary>
    internal INodeForwarder? Forwarder { get; init; }
}
