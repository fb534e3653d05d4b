using Akka.Actor;

namespace ActorStack.Actors.Persistence;

/// <summary>To the stacks of the actor system, by its event stream: how the last commit of connections' events ended.</summary>
/// <param name="Failure">Null: the journal takes writes again.</param>
internal sealed record JournalStatus(Exception? Failure) : INoSerializationVerificationNeeded;
