namespace ActorStack.Transport.Tcp.Statistics;

/// <summary>Figures of one connection for people and policy. Windows in bytes.</summary>
public readonly record struct TcpConnectionInfo(
    State.TcpState State,
    long BytesReceived,
    long BytesSent,
    TimeSpan RoundTripTime,
    uint CongestionWindow,
    uint SlowStartThreshold,
    long Retransmissions);
