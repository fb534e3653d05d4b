using ActorStack.Transport.Engines;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Policy;

/// <summary>The facts about a connection that the policy decides by.</summary>
/// <param name="Flow">Both ends of the connection.</param>
/// <param name="Owner">The owner that runs the connection now.</param>
/// <param name="Age">The time since the handshake.</param>
/// <param name="Bytes">The payload bytes in both directions since the handshake.</param>
/// <param name="RoundTripTime">The smoothed round-trip time; zero while unknown.</param>
internal readonly record struct ConnectionFacts(
    FlowKey Flow, Owner Owner, TimeSpan Age, long Bytes, TimeSpan RoundTripTime);
