namespace ActorStack.Transport.State;

/// <summary>The two sequence spaces that payload is numbered in.</summary>
public enum PayloadQueue : byte
{
    /// <summary>Bytes to the peer: unacknowledged, then unsent.</summary>
    Send = 1,

    /// <summary>Bytes from the peer: undelivered, then those beyond a gap.</summary>
    Receive = 2,
}
