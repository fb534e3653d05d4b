using ActorStack.Actors.Connections;

namespace ActorStack.Actors.Cluster;

/// <summary>The connections of one node.</summary>
/// <param name="Node">The name of the node.</param>
/// <param name="Connections">Its living connections, as far as it has told them.</param>
/// <param name="Problem">Why connections may be missing, such as a node that did not answer; null: they are all there.</param>
public sealed record NodeConnections(string Node, IReadOnlyList<ConnectionSnapshot> Connections, string? Problem);
