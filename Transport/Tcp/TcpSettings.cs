using ActorStack.Transport.Buffers;
using ActorStack.Transport.Tcp.Limits;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Tcp.Statistics;

namespace ActorStack.Transport.Tcp;

/// <summary>The settings of a listener or an opener for its connections.</summary>
public sealed record TcpSettings
{
    /// <summary>The settings where nothing else is configured.</summary>
    public static TcpSettings Default { get; } = new();

    /// <summary>The socket options at the start of a connection; it may change them.</summary>
    public SocketOptions Options { get; init; } = SocketOptions.Default;

    /// <summary>MTU of the link, bytes with IP header: 576 to 65,535. Gives the MSS announced.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>Payload bytes of one outgoing segment where the link cuts it; see <c>ILink.MaximumSegmentPayload</c>.</summary>
    public int MaximumSegmentPayload { get; init; } = 1460;

    /// <summary>Offers timestamps (RFC 7323).</summary>
    public bool Timestamps { get; init; } = true;

    /// <summary>Offers selective acknowledgments (RFC 2018).</summary>
    public bool Sack { get; init; } = true;

    /// <summary>Offers window scaling (RFC 7323 section 2).</summary>
    public bool WindowScaling { get; init; } = true;

    /// <summary>Paces algorithms that have no rate of their own too (Reno and CUBIC), as Linux does under fq.</summary>
    public bool Pacing { get; init; }

    /// <summary>Use of Explicit Congestion Notification (RFC 3168).</summary>
    public EcnMode Ecn { get; init; } = EcnMode.Passive;

    /// <summary>RFC 6298 section 2.4 asks for 1 s; Linux and this stack use 200 ms.</summary>
    public TimeSpan MinimumRto { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest retransmission timeout (RFC 6298 section 2.5).</summary>
    public TimeSpan MaximumRto { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest delay of an acknowledgment (RFC 9293 section 3.8.6.3).</summary>
    public TimeSpan DelayedAck { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>2 MSL.</summary>
    public TimeSpan TimeWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Timeouts of the same data before the connection is given up.</summary>
    public int MaximumRetransmits { get; init; } = 15;

    /// <summary>
    /// Least time between two challenge ACKs, or answers to unacceptable segments, of one connection (RFC 5961 section 7); zero:
    /// no limit.
    /// </summary>
    public TimeSpan ChallengeInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Limits the challenge ACKs of all connections together; null: no limit.</summary>
    public ChallengeBudget? Challenges { get; init; }

    /// <summary>Limits the connections that their applications have left, all together; null: no limit.</summary>
    public OrphanLimit? Orphans { get; init; }

    /// <summary>
    /// Timeouts of a connection that its application has left, before it is given up: a peer that takes nothing must not hold its
    /// memory for ever (Linux's tcp_orphan_retries).
    /// </summary>
    public int MaximumOrphanRetransmits { get; init; } = 8;

    /// <summary>The memory of the buffers of all connections; null: there is no limit.</summary>
    public TcpMemory? Memory { get; init; }

    /// <summary>Where connections count; shared by all of a host.</summary>
    public TcpCounters Counters { get; init; } = new();
}
