namespace ActorStack.Transport.Tcp.Timers;

/// <summary>The timers of one connection.</summary>
internal enum TcpTimer
{
    Retransmit,
    DelayedAck,
    Persist,
    Keepalive,
    TimeWait,

    /// <summary>Segments that may be reordered count as lost (RFC 8985 section 6.2 step 5).</summary>
    Reordering,

    /// <summary>The tail loss probe is due (RFC 8985 section 7.2).</summary>
    TailLossProbe,

    /// <summary>The next paced burst may leave.</summary>
    Pacing,

    /// <summary>Payload that the cork holds back is sent.</summary>
    Cork,

    /// <summary>A connection that its application left is reset (SO_LINGER).</summary>
    Linger,

    /// <summary>The application begins before the first payload (TCP_DEFER_ACCEPT).</summary>
    DeferAccept,
}
