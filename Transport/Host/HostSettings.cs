using ActorStack.Transport.Tcp;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>The addresses and limits of a <see cref="TcpHost"/>.</summary>
/// <param name="Addresses">The host's own addresses: packets to others are dropped.</param>
public sealed record HostSettings(IReadOnlyList<IpAddress> Addresses)
{
    /// <summary>The settings of connections whose listener sets nothing else, and the MTU of the link.</summary>
    public TcpSettings Tcp { get; init; } = TcpSettings.Default;

    /// <summary>The memory of the buffers of all connections, and its limits.</summary>
    public TcpMemory Memory { get; init; } = new(TcpMemoryLimits.Unlimited);

    /// <summary>
    /// Local ports of connections that are opened from here (RFC 6056 section 3.2 would take more; these are Linux's).
    /// </summary>
    public PortRange EphemeralPorts { get; init; } = new(32_768, 60_999);

    /// <summary>Seed of secrets and draws, for what must be repeatable in tests; null: the system's randomness.</summary>
    public int? Seed { get; init; }

    /// <summary>The secret that other hosts have too; null: the host draws a secret of its own.</summary>
    public SharedSecret? Shared { get; init; }

    /// <summary>Connections held at once; a SYN beyond is dropped and counted.</summary>
    public int MaximumConnections { get; init; } = 100_000;

    /// <summary>
    /// Connections in the handshake, from everywhere, beyond which SYNs are answered with cookies; see also <see
    /// cref="Listener.Backlog"/>.
    /// </summary>
    public int MaximumHalfOpen { get; init; } = 4_096;

    /// <summary>As <see cref="MaximumHalfOpen"/>, from one /24 (IPv4) or /64 (IPv6).</summary>
    public int MaximumHalfOpenPerSource { get; init; } = 256;

    /// <summary>Connections from one /24 (IPv4) or /64 (IPv6); a SYN beyond is dropped and counted.</summary>
    public int MaximumConnectionsPerSource { get; init; } = int.MaxValue;

    /// <summary>Connections that their applications have left and that have not ended; one more is reset.</summary>
    public int MaximumOrphans { get; init; } = 65_536;

    /// <summary>Connections in TIME-WAIT, under 100 bytes each; beyond, the oldest goes.</summary>
    public int MaximumTimeWaits { get; init; } = 262_144;

    /// <summary>The first value of <see cref="TcpHost.IsSettled"/>.</summary>
    public bool IsSettled { get; init; } = true;

    /// <summary>Challenge ACKs of all connections together, on average (RFC 5961 section 7).</summary>
    public int ChallengesPerSecond { get; init; } = 1_000;

    /// <summary>
    /// RSTs, echo replies and ICMP messages looked at, each, a second: enough for people and tools, no amplifier.
    /// </summary>
    public int AnswersPerSecond { get; init; } = 1_000;

    /// <summary>
    /// Other hosts have the same addresses, and a directory tells which of them has a flow: a segment of an unknown flow gets the
    /// verdict <see cref="HostAction.Ask"/> instead of a RST.
    /// </summary>
    public bool HasDirectory { get; init; }
}
