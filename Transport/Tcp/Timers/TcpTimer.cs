using ActorStack.Transport.Tcp.Recovery;

namespace ActorStack.Transport.Tcp.Timers;

/// <summary>The timers of one connection.</summary>
internal enum TcpTimer
{
    Retransmit,
    DelayedAck,
    Persist,
    Keepalive,
    TimeWait,

    /// <summary>What may be reordered counts as lost (RFC 8985 section 6.2 step 5).</summary>
    Reordering,

    /// <summary>RFC 8985 section 7.2.</summary>
    TailLossProbe,

    /// <summary>The next paced burst may leave.</summary>
    Pacing,

    /// <summary>What is corked leaves all the same.</summary>
    Cork,

    /// <summary>A connection that its application left is reset (SO_LINGER).</summary>
    Linger,

    /// <summary>The application begins without data (TCP_DEFER_ACCEPT).</summary>
    DeferAccept,
}
