namespace ActorStack.Transport.Links.Steering;

/// <summary>An owner that <see cref="IFlowSteering"/> can steer flows to.</summary>
/// <param name="Number">Names the target within its steering.</param>
/// <param name="NextHop">The way to the owner.</param>
public sealed record SteeringTarget(int Number, NextHop NextHop);
