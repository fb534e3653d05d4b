namespace ActorStack.Transport.State;

/// <summary>Connection states of RFC 9293 section 3.3.2. LISTEN belongs to the listener, not to a connection.</summary>
public enum TcpState : byte
{
    /// <summary>No connection: it has ended, or was never opened.</summary>
    Closed,

    /// <summary>An active open sent its SYN and waits for the SYN of the peer.</summary>
    SynSent,

    /// <summary>Both SYNs were exchanged; the acknowledgment of this end's SYN is awaited.</summary>
    SynReceived,

    /// <summary>Payload flows in both directions.</summary>
    Established,

    /// <summary>This end sent its FIN, which is not acknowledged yet; the peer may still send.</summary>
    FinWait1,

    /// <summary>The FIN of this end is acknowledged; the peer may still send.</summary>
    FinWait2,

    /// <summary>The FIN of the peer arrived; this end may still send.</summary>
    CloseWait,

    /// <summary>Both ends sent a FIN at the same time; the acknowledgment of this end's is awaited.</summary>
    Closing,

    /// <summary>The peer closed first, and the acknowledgment of this end's FIN is awaited.</summary>
    LastAck,

    /// <summary>
    /// Both FINs are acknowledged; the connection waits until no old segment of it can arrive any more (2 MSL).
    /// </summary>
    TimeWait,
}
