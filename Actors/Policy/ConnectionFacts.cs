using ActorStack.Transport.Engines;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Policy;

/// <summary>What the policy looks at.</summary>
/// <param name="Flow">Both ends of the connection.</param>
/// <param name="Owner">Who runs the connection now.</param>
/// <param name="Age">Since the handshake.</param>
/// <param name="Bytes">Payload bytes both ways since the handshake.</param>
/// <param name="RoundTripTime">Smoothed; zero while unknown.</param>
internal readonly record struct ConnectionFacts(
    FlowKey Flow, Owner Owner, TimeSpan Age, long Bytes, TimeSpan RoundTripTime);
