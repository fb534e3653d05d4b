using ActorStack.Transport.Tcp.Buffers;
using ActorStack.Transport.Tcp.Congestion;

namespace ActorStack.Transport.Tcp;

/// <summary>What a listener or an opener settles for its connections.</summary>
public sealed record TcpSettings
{
    public static TcpSettings Default { get; } = new();

    /// <summary>MTU of the link, bytes with IP header: 576 to 65,535. Gives the MSS announced.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>Payload bytes of one outgoing segment where the link cuts it; see <c>ILink.MaximumSegmentPayload</c>.</summary>
    public int MaximumSegmentPayload { get; init; } = 1460;

    /// <summary>Largest segment announced to the peer and sent, bytes of payload and options (TCP_MAXSEG); the MTU bounds it too.</summary>
    public ushort MaximumSegmentSize { get; init; } = ushort.MaxValue;

    public bool Timestamps { get; init; } = true;

    public bool Sack { get; init; } = true;

    public bool WindowScaling { get; init; } = true;

    /// <summary>One of <see cref="CongestionControls.Names"/>.</summary>
    /// <exception cref="ArgumentException">There is no algorithm of this name; the message names those that are.</exception>
    public string CongestionAlgorithm { get; init => field = CongestionControls.Check(value); } = CongestionControls.Default;

    /// <summary>Paces also what has no rate of its own: Reno and CUBIC, as Linux under fq does.</summary>
    public bool Pacing { get; init; }

    public EcnMode Ecn { get; init; } = EcnMode.Passive;

    /// <summary>Nagle's algorithm off.</summary>
    public bool NoDelay { get; init; } = true;

    /// <summary>RFC 6298 section 2.4 asks for 1 s; Linux and this stack use 200 ms.</summary>
    public TimeSpan MinimumRto { get; init; } = TimeSpan.FromMilliseconds(200);

    public TimeSpan MaximumRto { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan DelayedAck { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>2 MSL.</summary>
    public TimeSpan TimeWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Timeouts of the same data before the connection is given up.</summary>
    public int MaximumRetransmits { get; init; } = 15;

    /// <summary>Timeouts of a SYN or SYN,ACK before it is given up.</summary>
    public int MaximumSynRetransmits { get; init; } = 5;

    public bool KeepAlive { get; init; }

    /// <summary>Silence before the first keepalive probe (RFC 9293 section 3.8.4 asks for two hours at least by default).</summary>
    public TimeSpan KeepaliveIdle { get; init; } = TimeSpan.FromHours(2);

    public TimeSpan KeepaliveInterval { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>Unanswered probes before the connection is given up.</summary>
    public int KeepaliveCount { get; init; } = 9;

    /// <summary>Time that sent data may stay unacknowledged; zero: only <see cref="MaximumRetransmits"/> counts (RFC 5482).</summary>
    public TimeSpan UserTimeout { get; init; }

    /// <summary>Least time between two challenge ACKs of one connection (RFC 5961 section 7); zero: no limit.</summary>
    public TimeSpan ChallengeInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Limits the challenge ACKs of all connections together; null: no limit.</summary>
    public ChallengeBudget? Challenges { get; init; }

    /// <summary>
    /// Timeouts of a connection that its application has left, before it is given up: what it still sends must not be held for ever
    /// by a peer that does not take it (Linux's tcp_orphan_retries).
    /// </summary>
    public int MaximumOrphanRetransmits { get; init; } = 8;

    /// <summary>What the buffers of all connections hold; null: there is no limit.</summary>
    public TcpMemory? Memory { get; init; }

    /// <summary>Where connections count; shared by all of a host.</summary>
    public TcpCounters Counters { get; init; } = new();

    public byte HopLimit { get; init; } = 64;

    /// <summary>DSCP in the upper six bits.</summary>
    public byte TrafficClass { get; init; }
}
