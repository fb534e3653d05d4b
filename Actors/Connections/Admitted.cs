using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>To a listener: a SYN was let in, and its connection wants an actor.</summary>
internal sealed record Admitted(FlowEntry Entry) : INoSerializationVerificationNeeded;
