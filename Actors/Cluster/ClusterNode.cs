namespace ActorStack.Actors.Cluster;

/// <summary>A member of the cluster.</summary>
/// <param name="Name">The name of the node, see <see cref="NodeName"/>; unique in the cluster.</param>
/// <param name="Incarnation">Distinguishes the starts of a node; a later start has a greater number.</param>
/// <param name="Address">The address of the node as people know it, a host and a port.</param>
/// <param name="Steering">
/// The address to which other nodes forward segments for this node at kernel speed; empty: the node takes none.
/// </param>
internal sealed record ClusterNode(string Name, long Incarnation, string Address, string Steering);
