using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>Tells the stack that a loop cannot read its link any more.</summary>
internal sealed record LinkFailed(Exception Error) : INoSerializationVerificationNeeded;
