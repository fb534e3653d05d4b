namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>The phase of a connection as people see it: in lists, in traces and in the control API.</summary>
internal enum ConnectionPhase : byte
{
    Handshaking,
    Software,
    Offloading,
    Offloaded,
    Uploading,
    HandingOff,
    Arriving,
    Closing,
    Closed,
}
