using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Cluster.Directory;

/// <summary>A flow with the epoch of its owner.</summary>
internal readonly record struct FlowEpoch(FlowKey Flow, long Epoch);
