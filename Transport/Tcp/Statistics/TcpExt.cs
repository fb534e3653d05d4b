namespace ActorStack.Transport.Tcp.Statistics;

/// <summary>Counters beyond the MIB, by the names Linux has for them in <c>/proc/net/netstat</c>.</summary>
public enum TcpExt
{
    /// <summary>SYNs answered with a cookie.</summary>
    SyncookiesSent,

    /// <summary>An acknowledgment with a good SYN cookie arrived.</summary>
    SyncookiesRecv,

    /// <summary>An acknowledgment with a bad SYN cookie arrived.</summary>
    SyncookiesFailed,

    /// <summary>SYNs beyond a listener's backlog or the limit of connections.</summary>
    ListenOverflows,

    /// <summary>SYNs not admitted, for whatever reason.</summary>
    ListenDrops,

    /// <summary>Connections that went into TIME-WAIT.</summary>
    TW,

    /// <summary>TIME-WAITs that a new SYN ended (RFC 6191).</summary>
    TWRecycled,

    /// <summary>TIME-WAITs evicted because there were too many.</summary>
    TCPTimeWaitOverflow,

    /// <summary>Segments with an older timestamp (RFC 7323 section 5).</summary>
    PAWSEstab,

    /// <summary>Challenge ACKs sent (RFC 5961).</summary>
    TCPChallengeACK,

    /// <summary>Challenge ACKs owed and not sent, for their rate.</summary>
    TCPACKSkippedChallenge,

    /// <summary>Answers to unacceptable segments without payload owed and not sent, for their rate.</summary>
    TCPACKSkippedSeq,

    /// <summary>SYN,ACKs owed to a repeated SYN and not sent, for their rate.</summary>
    TCPACKSkippedSynRecv,

    /// <summary>In-window SYNs to a synchronized connection.</summary>
    TCPSYNChallenge,

    /// <summary>Segments kept beyond a gap.</summary>
    TCPOFOQueue,

    /// <summary>Segments beyond a gap that were not kept whole, for want of memory.</summary>
    TCPOFODrop,

    /// <summary>Times that a connection gave up its payload beyond gaps, for want of memory.</summary>
    OfoPruned,

    /// <summary>Segments in order that were not taken, for want of memory.</summary>
    RcvPruned,

    /// <summary>Expired retransmission timers.</summary>
    TCPTimeouts,

    /// <summary>Connections given up after too many timeouts.</summary>
    TCPAbortOnTimeout,

    /// <summary>Connections reset because payload arrived for an application that had closed.</summary>
    TCPAbortOnData,

    /// <summary>Connections reset because their application closed them before it had read all.</summary>
    TCPAbortOnClose,

    /// <summary>Connections reset because their application left them and wanted no longer wait (SO_LINGER).</summary>
    TCPAbortOnLinger,

    /// <summary>Connections without an application given up because the peer takes the rest too slowly.</summary>
    TCPAbortOnMemory,

    /// <summary>Active opens whose payload was taken with the SYN (RFC 7413).</summary>
    TCPFastOpenActive,

    /// <summary>Active opens whose payload had to be sent again after the handshake.</summary>
    TCPFastOpenActiveFail,

    /// <summary>SYNs whose payload was taken.</summary>
    TCPFastOpenPassive,

    /// <summary>SYNs with a cookie that was not good.</summary>
    TCPFastOpenPassiveFail,

    /// <summary>SYNs with a cookie while as many as may be were served before their handshake's end.</summary>
    TCPFastOpenListenOverflow,

    /// <summary>SYNs that asked for a cookie.</summary>
    TCPFastOpenCookieReqd,

    /// <summary>Keepalive probes.</summary>
    TCPKeepAlive,

    /// <summary>ICMP messages whose quoted sequence number is not outstanding (RFC 5927).</summary>
    OutOfWindowIcmps,

    /// <summary>Path MTUs raised by a probe that arrived (RFC 4821).</summary>
    TCPMTUPSuccess,

    /// <summary>Path MTUs lowered because full segments vanished (RFC 4821).</summary>
    TCPMTUPFail,
}
