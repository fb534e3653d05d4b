namespace ActorStack.Actors.Cluster;

/// <summary>
/// What the serializer makes of a message of another node that it cannot read: the message is refused by name to its sender, and
/// nothing of it is carried out.
/// </summary>
/// <param name="Manifest">The manifest that the message came with.</param>
/// <param name="Reason">Why it cannot be read.</param>
internal sealed record UnreadableMessage(string Manifest, string Reason);
