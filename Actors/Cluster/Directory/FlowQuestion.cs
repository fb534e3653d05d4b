using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Cluster.Directory;

/// <summary>The question for the owner of a flow.</summary>
/// <param name="Number">The asker's number of the question, which the answer repeats.</param>
/// <param name="Flow">The flow.</param>
internal readonly record struct FlowQuestion(long Number, FlowKey Flow);
