namespace ActorStack.Actors.Migration;

/// <summary>The connection goes on under another owner, who had claimed it first; here it has ended, and its peer was told nothing.</summary>
public sealed class OwnershipLostException(string message) : IOException(message);
