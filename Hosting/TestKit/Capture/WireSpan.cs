namespace ActorStack.TestKit.Capture;

/// <summary>The figures of a connection in a span of time, for example of one move.</summary>
/// <param name="ServerRetransmissions">Packets of the server that repeat bytes.</param>
/// <param name="ClientRetransmissions">Packets of the client that repeat bytes.</param>
/// <param name="DuplicateAcks">Duplicate ACKs of both directions.</param>
/// <param name="LongestSilence">The longest time between two successive packets of the server that lies at least in part in the
/// span.</param>
public readonly record struct WireSpan(
    int ServerRetransmissions, int ClientRetransmissions, int DuplicateAcks, TimeSpan LongestSilence);
