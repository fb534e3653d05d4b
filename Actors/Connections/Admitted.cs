using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>Tells a listener that a SYN was admitted, so that the listener creates the connection's actor.</summary>
internal sealed record Admitted(FlowEntry Entry) : INoSerializationVerificationNeeded;
