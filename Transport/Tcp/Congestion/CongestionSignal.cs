namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>Why congestion is inferred.</summary>
public enum CongestionSignal
{
    /// <summary>Loss seen in acknowledgments: a recovery begins.</summary>
    Loss,

    /// <summary>The peer echoed a mark of the path (RFC 3168); nothing is lost.</summary>
    Ecn,

    /// <summary>The retransmission timer expired.</summary>
    Timeout,

    /// <summary>It expired again for the same data.</summary>
    RepeatedTimeout,

    /// <summary>SYNs or SYN,ACKs were lost: the connection begins with one segment.</summary>
    HandshakeLoss,
}
