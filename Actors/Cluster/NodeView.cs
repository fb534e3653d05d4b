using System.Collections.Frozen;

namespace ActorStack.Actors.Cluster;

/// <summary>The cluster as a node sees it at one time, for any thread.</summary>
/// <param name="Nodes">The members that messages can be sent to, this node too where it is a member.</param>
/// <param name="Senders">The same by their names.</param>
/// <param name="Snapshots">All members, for people.</param>
/// <param name="Work">The work that other nodes told, by their names.</param>
internal sealed record NodeView(
    IReadOnlyList<ClusterNode> Nodes, FrozenDictionary<string, PartSender> Senders, IReadOnlyList<NodeSnapshot> Snapshots,
    FrozenDictionary<string, NodeWork> Work)
{
    public static NodeView Empty { get; } =
        new([], FrozenDictionary<string, PartSender>.Empty, [], FrozenDictionary<string, NodeWork>.Empty);
}
