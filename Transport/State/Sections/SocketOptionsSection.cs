namespace ActorStack.Transport.State.Sections;

/// <summary>
/// What the application settled, by the names of socket(7), ip(7) and tcp(7); the congestion control is named in <see
/// cref="CongestionSection"/>.
/// </summary>
public sealed record SocketOptionsSection
{
    /// <summary>TCP_NODELAY: Nagle's algorithm is off.</summary>
    public bool NoDelay { get; init; }

    /// <summary>TCP_CORK: only full segments are sent.</summary>
    public bool Cork { get; init; }

    /// <summary>TCP_QUICKACK: acknowledgments by the course of the connection, always at once, never at once: 0 to 2.</summary>
    public byte QuickAckMode { get; init; }

    /// <summary>SO_LINGER; -1: off, 0: a RST at once.</summary>
    public long LingerTicks { get; init; } = TcpConnectionState.NotRunning;

    /// <summary>TCP_LINGER2: how long FIN-WAIT-2 lasts where nobody reads; 0: as long as TIME-WAIT.</summary>
    public long Linger2Ticks { get; init; }

    /// <summary>TCP_DEFER_ACCEPT: how long the application waits for the first payload; 0: not at all.</summary>
    public long DeferAcceptTicks { get; init; }

    /// <summary>TCP_NOTSENT_LOWAT, bytes; 0: no limit of its own.</summary>
    public int NotSentLowWater { get; init; }

    /// <summary>TCP_MAXSEG, bytes.</summary>
    public ushort MaximumSegmentSize { get; init; } = ushort.MaxValue;

    /// <summary>TCP_SYNCNT: timeouts of a SYN before the attempt is given up.</summary>
    public int MaximumSynRetransmits { get; init; }

    /// <summary>SO_SNDBUF, bytes; 0: the host's.</summary>
    public int SendBuffer { get; init; }

    /// <summary>SO_RCVBUF, bytes; 0: the host's.</summary>
    public int ReceiveBuffer { get; init; }

    /// <summary>SO_KEEPALIVE.</summary>
    public bool KeepAlive { get; init; }

    /// <summary>TCP_KEEPIDLE: silence before the first probe.</summary>
    public long KeepaliveIdleTicks { get; init; }

    /// <summary>TCP_KEEPINTVL: time between probes.</summary>
    public long KeepaliveIntervalTicks { get; init; }

    /// <summary>TCP_KEEPCNT: unanswered probes before the connection is given up.</summary>
    public int KeepaliveCount { get; init; }

    /// <summary>TCP_USER_TIMEOUT (RFC 5482); 0: no limit of its own.</summary>
    public long UserTimeoutTicks { get; init; }

    /// <summary>IP_TTL, IPV6_UNICAST_HOPS.</summary>
    public byte HopLimit { get; init; }

    /// <summary>IP_TOS, IPV6_TCLASS: DSCP in the upper six bits.</summary>
    public byte TrafficClass { get; init; }
}
