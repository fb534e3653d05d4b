namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>What a connection's actor does, as people see it.</summary>
internal enum ConnectionPhase : byte
{
    Handshaking,
    Software,
    Offloading,
    Offloaded,
    Uploading,
    Closing,
    Closed,
}
