namespace ActorStack.Transport.State;

/// <summary>Connection states of RFC 9293 section 3.3.2. LISTEN belongs to the listener, not to a connection.</summary>
public enum TcpState : byte
{
    Closed,
    SynSent,
    SynReceived,
    Established,
    FinWait1,
    FinWait2,
    CloseWait,
    Closing,
    LastAck,
    TimeWait,
}
