using ActorStack.Transport.State;

namespace ActorStack.Actors.Connections;

/// <summary>One connection as people see it. Windows and counts in bytes.</summary>
/// <param name="Phase">The actor's behaviour, e.g. <c>Software</c>, <c>Offloading</c>.</param>
/// <param name="RunsOn"><c>software</c> or the engine's name.</param>
/// <param name="Ended">Why it is no more; null while it lives.</param>
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
