namespace ActorStack.Actors.Cluster;

/// <summary>A member of the cluster as an operator sees it.</summary>
/// <param name="Name">The name of the node; empty: it has not told its name yet.</param>
/// <param name="Incarnation">The number of the node's start; 0: it has not told it yet.</param>
/// <param name="Address">The address and port of the node in the cluster.</param>
/// <param name="Status">
/// Its membership as Akka.Cluster names it, in lower case (joining, up, leaving, exiting, down); unreachable: a member that does
/// not answer; name-taken: an older member has its name; alone: the node is in no cluster.
/// </param>
/// <param name="Connections">Its connections at the last heartbeat; null: not known.</param>
/// <param name="IsSelf">It is the node that was asked.</param>
public sealed record NodeSnapshot(
    string Name, long Incarnation, string Address, string Status, long? Connections, bool IsSelf)
{
    /// <summary>A node that is in no cluster.</summary>
    internal static NodeSnapshot Alone(string name, long connections) => new(name, 0, "", "alone", connections, IsSelf: true);
}
