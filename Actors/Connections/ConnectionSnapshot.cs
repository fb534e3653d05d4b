using ActorStack.Transport.State;

namespace ActorStack.Actors.Connections;

/// <summary>One connection as people see it. Windows and counts are in bytes.</summary>
/// <param name="Phase">The phase of the connection, such as <c>Software</c> or <c>Offloading</c>.</param>
/// <param name="RunsOn"><c>software</c> or the engine's name.</param>
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
