using System.Collections.Immutable;
using ActorStack.Actors.Migration;

namespace ActorStack.Actors.Tests.Migration.HandoffModel;

/// <summary>A state of the model in full, which <see cref="ClusterModel"/> packs into a <see cref="ClusterState"/>.</summary>
internal sealed record Cluster(ImmutableArray<NodeModel> Nodes, MessageBag Network, ClusterFacts Facts, Budgets Budgets)
{
    /// <summary>The names of the nodes.</summary>
    public static ImmutableArray<string> Names { get; } = ["A", "B", "C"];

    public static int IndexOf(string name) => Names.IndexOf(name);

    public Cluster With(int node, NodeModel model) => this with { Nodes = Nodes.SetItem(node, model) };

    public Cluster Spend(Fault fault) => this with { Budgets = Budgets.Spend(fault) };

    public Cluster Break(string rule) => this with { Facts = Facts with { Violation = Facts.Violation ?? rule } };

    /// <summary>
    /// This state after a step from <paramref name="before"/>, with the facts of that step and the rules on its change.
    /// </summary>
    public Cluster Conclude(Cluster before)
    {
        var next = this;
        if (before.HasLiveCopy && !HasLiveCopy && (LastOwnerIsGone || IsTransferLost(before)))
            next = next with { Facts = next.Facts with { IsLost = true } };
        for (var node = 0; node < Nodes.Length; node++)
        {
            var model = Nodes[node];
            if (!model.Emits) continue;
            var (emitter, highest, epoch) = (next.Facts.Emitter, next.Facts.Epoch, model.Epoch);
            if (node != emitter && epoch <= highest)
                next = next.Break($"{Names[node]} emits at epoch {epoch}, after {Names[emitter]} emitted at epoch {highest}.");
            if (node == emitter && epoch < highest)
                next = next.Break($"The epoch of {Names[node]}, which emits, falls from {highest} to {epoch}.");
            next = next with { Facts = next.Facts with { Emitter = node, Epoch = Math.Max(highest, epoch) } };
        }

        return next;
    }

    public bool HasLiveCopy => Nodes.Any(node => node.IsLive && node.Copy is not StackCopy.None);

    /// <summary>
    /// The state was sent to a node that is gone. Nobody knows whether that node went on with it, so the connection ends.
    /// </summary>
    private bool IsTransferLost(Cluster before) => before.Nodes.Any(
        node => node.State is MigrationState.Transferring transferring && !Nodes[IndexOf(transferring.Node)].IsLive);

    /// <summary>The node that had the highest epoch crashed or was removed.</summary>
    private bool LastOwnerIsGone
    {
        get
        {
            var highest = Nodes.Max(node => node.Owned);
            return Nodes.Any(node => !node.IsLive && node.Owned == highest);
        }
    }
}
