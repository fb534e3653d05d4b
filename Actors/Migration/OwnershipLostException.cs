namespace ActorStack.Actors.Migration;

/// <summary>
/// Another owner has claimed the connection first. The connection ended here without a segment to its peer, and continues
/// there.
/// </summary>
public sealed class OwnershipLostException(string message) : IOException(message);
