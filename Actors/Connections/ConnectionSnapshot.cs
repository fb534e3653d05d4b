using ActorStack.Transport.State;

namespace ActorStack.Actors.Connections;

/// <summary>One connection as people see it. Windows and counts are in bytes.</summary>
/// <param name="Id">The connection's name.</param>
/// <param name="Local">Its own end, as <c>address:port</c>.</param>
/// <param name="Remote">The peer's end, as <c>address:port</c>.</param>
/// <param name="State">The TCP state.</param>
/// <param name="Phase">The phase of the connection, such as <c>Software</c> or <c>Offloading</c>.</param>
/// <param name="RunsOn"><c>software</c> or the engine's name.</param>
/// <param name="BytesReceived">Payload bytes received in order.</param>
/// <param name="BytesSent">Payload bytes that the peer acknowledged.</param>
/// <param name="RttMicroseconds">The smoothed round trip; 0 while unknown.</param>
/// <param name="CongestionWindow">Bytes.</param>
/// <param name="SlowStartThreshold">Bytes; <see cref="uint.MaxValue"/> while there is none.</param>
/// <param name="Retransmissions">Segments that were sent again.</param>
/// <param name="Epoch">The epoch of the last claim; 0 before the first.</param>
/// <param name="Migrations">Moves so far, those that were rolled back included.</param>
/// <param name="AgeSeconds">Time since the handshake.</param>
/// <param name="Ended">The reason of its end; null while the connection lives.</param>
public sealed record ConnectionSnapshot(
    string Id,
    string Local,
    string Remote,
    TcpState State,
    string Phase,
    string RunsOn,
    long BytesReceived,
    long BytesSent,
    double RttMicroseconds,
    long CongestionWindow,
    long SlowStartThreshold,
    long Retransmissions,
    long Epoch,
    int Migrations,
    double AgeSeconds,
    string? Ended);
