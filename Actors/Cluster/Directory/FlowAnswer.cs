namespace ActorStack.Actors.Cluster.Directory;

/// <summary>The answer to a <see cref="FlowQuestion"/>.</summary>
/// <param name="Number">The number of the question.</param>
/// <param name="Owner">The node that owns the flow; empty: no owner is known.</param>
/// <param name="Epoch">The epoch of the owner; 0 where none is known.</param>
/// <param name="IsSettled">
/// The answering node has been responsible for the slot long enough that every owner has announced its flows there.
/// </param>
internal readonly record struct FlowAnswer(long Number, string Owner, long Epoch, bool IsSettled);
