using ActorStack.Actors;
using ActorStack.Actors.Cluster;

namespace ActorStack.Hosting.Telemetry;

/// <summary>The figures of the stack at one time.</summary>
internal sealed record StackSample(StackStatistics Statistics, IReadOnlyList<NodeSnapshot> Nodes);
