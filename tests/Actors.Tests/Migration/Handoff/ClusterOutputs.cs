using ActorStack.Actors.Migration.Handoff;
using ActorStack.Actors.Tests.Migration.Handoff.StandIn;

namespace ActorStack.Actors.Tests.Migration.Handoff;

/// <summary>What the outputs of a node's protocol do to the cluster, and which of them the protocol must never ask for.</summary>
internal static class ClusterOutputs
{
    public static Cluster Apply(Cluster cluster, int node, MigrationOutput output, Func<Flight, int> number)
    {
        var (model, name) = (cluster.Nodes[node], Cluster.Names[node]);
        switch (output)
        {
            case MigrationOutput.Send send:
                return Send(cluster, node, new Flight(name, send.To, send.Message), number);
            case MigrationOutput.PersistClaim claim:
                return cluster.With(node, model with { OpenClaims = model.OpenClaims | NodeModel.Bit(claim.Epoch) });
            case MigrationOutput.ArmLimit:
                return cluster.With(node, model with { IsLimitArmed = true });
            case MigrationOutput.DisarmLimit:
                return cluster.With(node, model with { IsLimitArmed = false });
            case MigrationOutput.Dehydrate:
                return cluster.With(node, model with { IsDehydrating = true });
            case MigrationOutput.Freeze:
                return Demand(cluster, model.Copy is StackCopy.Running, $"{name} freezes a connection that it does not run.")
                    .With(node, model with { Copy = StackCopy.Frozen, IsDehydrating = false });
            case MigrationOutput.Import:
                cluster = Demand(cluster, model.Copy is StackCopy.None, $"{name} imports a connection that it has.");
                return Demand(
                        cluster, NodeModel.Has(model.Claimed, model.State.Epoch),
                        $"{name} takes over at epoch {model.State.Epoch}, which it has not claimed.")
                    .With(node, model with { Copy = StackCopy.Frozen });
            case MigrationOutput.Resume:
                cluster = Demand(cluster, model.Copy is not StackCopy.None, $"{name} runs a connection that it does not have.");
                return NoteOwner(cluster.With(node, model with { Copy = StackCopy.Running }), node);
            case MigrationOutput.Drop:
                return cluster.With(node, model with { Copy = StackCopy.None, IsDehydrating = false });
            default:
                throw new NotSupportedException(output.ToString());
        }
    }

    /// <summary>Notes the epoch at which a node runs the connection, which it must not have refused before.</summary>
    public static Cluster NoteOwner(Cluster cluster, int node)
    {
        var (model, epoch) = (cluster.Nodes[node], cluster.Nodes[node].State.Epoch);
        if (model.Copy is not StackCopy.Running || NodeModel.Has(model.Owned, epoch)) return cluster;
        return Demand(
                cluster, !NodeModel.Has(model.SaidRefused, epoch),
                $"{Cluster.Names[node]} runs the connection at epoch {epoch}, which it refused.")
            .With(node, model with { Owned = model.Owned | NodeModel.Bit(epoch) });
    }

    private static Cluster Send(Cluster cluster, int node, Flight flight, Func<Flight, int> number)
    {
        var model = cluster.Nodes[node];
        var target = Cluster.IndexOf(flight.To);
        if (flight.Message is HandoffMessage.Refused { Epoch: var refused })
        {
            cluster = cluster.With(node, model with { SaidRefused = model.SaidRefused | NodeModel.Bit(refused) });
            cluster = Demand(
                cluster, !NodeModel.Has(model.Owned, refused), $"{flight.From} refuses epoch {refused}, which it has had.");
        }

        if (flight.Message is HandoffMessage.TakenOver { Epoch: var taken })
        {
            cluster = Demand(
                cluster, model.Owned >> (int)taken != 0, $"{flight.From} says that it has epoch {taken}, which it never had.");
        }

        // The network drops a message to a node that is no member any more as far as the sender knows.
        var isDropped = !cluster.Nodes[target].IsUp || model.Knows(target);
        return isDropped ? cluster : cluster with { Network = cluster.Network.With(number(flight)) };
    }

    private static Cluster Demand(Cluster cluster, bool holds, string rule) => holds ? cluster : cluster.Break(rule);
}
