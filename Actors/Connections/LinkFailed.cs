using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>Told to the stack by its loop: the link cannot be read any more.</summary>
internal sealed record LinkFailed(Exception Error) : INoSerializationVerificationNeeded;
