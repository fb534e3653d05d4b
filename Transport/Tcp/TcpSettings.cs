using ActorStack.Transport.Buffers;
using ActorStack.Transport.Tcp.Limits;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Tcp.Statistics;
using ActorStack.Transport.Tcp.Timers;

namespace ActorStack.Transport.Tcp;

/// <summary>What a listener or an opener settles for its connections.</summary>
public sealed record TcpSettings
{
    public static TcpSettings Default { get; } = new();

    /// <summary>What a connection starts with; it may change them.</summary>
    public SocketOptions Options { get; init; } = SocketOptions.Default;

    /// <summary>MTU of the link, bytes with IP header: 576 to 65,535. Gives the MSS announced.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>Payload bytes of one outgoing segment where the link cuts it; see <c>ILink.MaximumSegmentPayload</c>.</summary>
    public int MaximumSegmentPayload { get; init; } = 1460;

    public bool Timestamps { get; init; } = true;

    public bool Sack { get; init; } = true;

    public bool WindowScaling { get; init; } = true;

    /// <summary>Paces also what has no rate of its own: Reno and CUBIC, as Linux under fq does.</summary>
    public bool Pacing { get; init; }

    public EcnMode Ecn { get; init; } = EcnMode.Passive;

    /// <summary>RFC 6298 section 2.4 asks for 1 s; Linux and this stack use 200 ms.</summary>
    public TimeSpan MinimumRto { get; init; } = TimeSpan.FromMilliseconds(200);

    public TimeSpan MaximumRto { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan DelayedAck { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>2 MSL.</summary>
    public TimeSpan TimeWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Timeouts of the same data before the connection is given up.</summary>
    public int MaximumRetransmits { get; init; } = 15;

    /// <summary>Least time between two challenge ACKs, or answers to unacceptable segments, of one connection (RFC 5961 section 7); zero: no limit.</summary>
    public TimeSpan ChallengeInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Limits the challenge ACKs of all connections together; null: no limit.</summary>
    public ChallengeBudget? Challenges { get; init; }

    /// <summary>Limits the connections that their applications have left, all together; null: no limit.</summary>
    public OrphanLimit? Orphans { get; init; }

    /// <summary>
    /// Timeouts of a connection that its application has left, before it is given up: what it still sends must not be held for ever
    /// by a peer that does not take it (Linux's tcp_orphan_retries).
    /// </summary>
    public int MaximumOrphanRetransmits { get; init; } = 8;

    /// <summary>What the buffers of all connections hold; null: there is no limit.</summary>
    public TcpMemory? Memory { get; init; }

    /// <summary>Where connections count; shared by all of a host.</summary>
    public TcpCounters Counters { get; init; } = new();
}
