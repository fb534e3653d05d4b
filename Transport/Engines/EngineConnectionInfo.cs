namespace ActorStack.Transport.Engines;

/// <summary>The figures of a connection that an engine runs. Windows are in bytes.</summary>
/// <param name="State">The TCP state in the engine.</param>
/// <param name="BytesReceived">Payload bytes taken from the peer since the engine took over.</param>
/// <param name="BytesSent">Payload bytes the peer acknowledged since the engine took over.</param>
/// <param name="RoundTripTime">Smoothed; zero while unknown.</param>
/// <param name="CongestionWindow">Bytes.</param>
/// <param name="SlowStartThreshold">Bytes; <see cref="uint.MaxValue"/> while there is none.</param>
/// <param name="Retransmissions">Segments retransmitted since the engine took over.</param>
public readonly record struct EngineConnectionInfo(
    State.TcpState State,
    long BytesReceived,
    long BytesSent,
    TimeSpan RoundTripTime,
    uint CongestionWindow,
    uint SlowStartThreshold,
    long Retransmissions);
