namespace ActorStack.Actors.Cluster.Directory;

/// <summary>What the directory knows of a flow.</summary>
/// <param name="Owner">The node that owns the flow; null: no owner is known.</param>
/// <param name="Epoch">The epoch of the owner; 0 where none is known.</param>
/// <param name="IsSettled">
/// True: an owner would be known, so that a flow without one may be answered with a RST. False: the membership has just changed,
/// or the nodes that would know did not answer.
/// </param>
internal readonly record struct FlowLookup(string? Owner, long Epoch, bool IsSettled);
