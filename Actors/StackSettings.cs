using ActorStack.Actors.Persistence;
using ActorStack.Actors.Policy;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Links;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Tracing;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors;

/// <summary>All a stack needs. The stack owns the link and the engines and disposes them when it stops.</summary>
public sealed record StackSettings(ILink Link, IReadOnlyList<IpAddress> Addresses)
{
    internal const int DefaultEndedKept = 1_000;

    /// <summary>The offload engines that connections can move into.</summary>
    public IReadOnlyList<IOffloadEngine> Engines { get; init; } = [];

    /// <summary>Rules for moving by themselves; none: connections move by operator command only.</summary>
    public OffloadPolicy Policy { get; init; } = OffloadPolicy.None;

    /// <summary>The settings of the software stack.</summary>
    public TcpSettings Tcp { get; init; } = TcpSettings.Default;

    /// <summary>The sizes of the buffers of each connection.</summary>
    public ConnectionBufferOptions Buffers { get; init; } = ConnectionBufferOptions.Default;

    /// <summary>Event traces; null: there are none.</summary>
    public TraceSettings? Trace { get; init; }

    /// <summary>The clock of the stack.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Local ports of connections that the stack opens (RFC 6056 section 3.2 would take more; these are Linux's).</summary>
    public PortRange EphemeralPorts { get; init; } = new(32_768, 60_999);

    /// <summary>Seed for what must be repeatable in tests; null: the system's randomness.</summary>
    public int? Seed { get; init; }

    /// <summary>
    /// Time the journal may take to accept a claim before an offload, or an upload that an operator waits for, is given up; the connection
    /// goes on meanwhile. Other uploads wait for it.
    /// </summary>
    public TimeSpan JournalTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time an engine may take to answer before the migration is rolled back or the connection salvaged.</summary>
    public TimeSpan MigrationTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Connections the stack holds at once; a SYN beyond is dropped and counted.</summary>
    public int MaximumConnections { get; init; } = 100_000;

    /// <summary>Connections in the handshake, from everywhere, beyond which SYNs are answered with cookies; see also the listeners' backlogs.</summary>
    public int MaximumHalfOpen { get; init; } = 4_096;

    /// <summary>As <see cref="MaximumHalfOpen"/>, from one /24 (IPv4) or /64 (IPv6).</summary>
    public int MaximumHalfOpenPerSource { get; init; } = 256;

    /// <summary>Connections from one /24 (IPv4) or /64 (IPv6); a SYN beyond is dropped and counted.</summary>
    public int MaximumConnectionsPerSource { get; init; } = int.MaxValue;

    /// <summary>Bytes that the buffers of all connections together may hold.</summary>
    public TcpMemoryLimits Memory { get; init; } = TcpMemoryLimits.OfAvailable();

    /// <summary>Connections that their applications have left and that have not ended; one more is reset.</summary>
    public int MaximumOrphans { get; init; } = 65_536;

    /// <summary>Connections in TIME-WAIT, under 100 bytes each; beyond, the oldest goes.</summary>
    public int MaximumTimeWaits { get; init; } = 262_144;

    /// <summary>Challenge ACKs of all connections together, on average (RFC 5961 section 7).</summary>
    public int ChallengesPerSecond { get; init; } = 1_000;

    /// <summary>Ended connections that can still be asked about.</summary>
    public int EndedKept { get; init; } = DefaultEndedKept;

    /// <summary>
    /// Counts the parts of the set-up that something else on the host took away. The maker of the link and of the engines adds to
    /// it.
    /// </summary>
    public HostChangeCounts HostChanges { get; init; } = new();

    /// <summary>The store behind the actor system's journal, read at the start and kept short; null: the journal is in memory.</summary>
    public IConnectionStore? Journal { get; init; }

    /// <summary>The node in the names of connections, see <see cref="NodeName"/>; empty: the names have none.</summary>
    public string Node { get; init; } = "";

    /// <summary>
    /// The start of the node in the names of connections, 1 or more; null: as the journal counts the starts. A journal in memory counts
    /// from 1 each time.
    /// </summary>
    public long? Incarnation { get; init; }

    /// <summary>Whether that takes writes.</summary>
    public JournalHealth JournalHealth { get; init; } = new();
}
