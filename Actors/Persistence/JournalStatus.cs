using Akka.Actor;

namespace ActorStack.Actors.Persistence;

/// <summary>
/// Reports the result of the last commit of connections' events to the stacks, through the actor system's event stream.
/// </summary>
/// <param name="Failure">The failure; null where the journal takes writes again.</param>
internal sealed record JournalStatus(Exception? Failure) : INoSerializationVerificationNeeded;
