namespace ActorStack.Actors.Cluster;

/// <summary>
/// A message from one node of the cluster to another. It is immutable, its arrays too: it is read on another thread after it was
/// sent. <see cref="Serialization.Messages.NodeMessageCodec"/> lists the messages with their manifests.
/// </summary>
internal abstract record NodeMessage : IActorStackMessage
{
    /// <summary>The answer to a message that the receiver could not read, or that its build does not know.</summary>
    /// <param name="Manifest">The manifest of that message, with its version.</param>
    /// <param name="Reason">Why the receiver could not read it.</param>
    public sealed record Unknown(string Manifest, string Reason) : NodeMessage;
}
