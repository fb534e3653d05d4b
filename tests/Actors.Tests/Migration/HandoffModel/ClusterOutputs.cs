using ActorStack.Actors.Migration;
using ActorStack.Actors.Migration.Handoff;

namespace ActorStack.Actors.Tests.Migration.HandoffModel;

/// <summary>What the outputs of a node's protocol do to the cluster, and which of them the protocol must never ask for.</summary>
/// <param name="number">Numbers a message.</param>
internal sealed class ClusterOutputs(Func<Flight, int> number)
{
    private const string Connection = "c";

    private static readonly HandoffOffer Offer = new("", "", "", 1, 0, 0);
    private static readonly byte[] Nothing = [];

    /// <param name="cluster">The cluster; the node's protocol has its new state already.</param>
    /// <param name="node">The node.</param>
    /// <param name="before">The state of the node's protocol before the step.</param>
    /// <param name="output">The output.</param>
    public Cluster Apply(Cluster cluster, int node, MigrationState before, MigrationOutput output)
    {
        var (model, name) = (cluster.Nodes[node], Cluster.Names[node]);
        switch (output)
        {
            case MigrationOutput.PersistClaim claim:
                return cluster.With(node, model with { OpenClaims = model.OpenClaims | NodeModel.Bit(claim.Claim.Epoch) });
            case MigrationOutput.ArmLimit:
                return cluster.With(node, model with { IsLimitArmed = true });
            case MigrationOutput.DisarmLimit or MigrationOutput.Conclude:
                return cluster.With(node, model with { IsLimitArmed = false });
            case MigrationOutput.SendPrepare prepare:
                return Send(cluster, node, prepare.Node, new HandoffMessage.Prepare(Connection, prepare.Claim.Epoch, Offer));
            case MigrationOutput.Dehydrate:
                return cluster.With(node, model with { IsDehydrating = true });
            case MigrationOutput.Rehydrate:
                return cluster.With(node, model with { IsDehydrating = false });
            case MigrationOutput.FreezeForNode:
                return Demand(cluster, model.Copy is StackCopy.Running, $"{name} freezes a connection that it does not run.")
                    .With(node, model with { Copy = StackCopy.Frozen, IsDehydrating = false });
            case MigrationOutput.SendTransfer transfer:
                cluster = Demand(cluster, model.Copy is StackCopy.Frozen, $"{name} sends a state that still changes.");
                return Send(
                    cluster, node, transfer.Node, new HandoffMessage.Transfer(Connection, transfer.Epoch, Nothing, Nothing, 0));
            case MigrationOutput.Settle:
                cluster = Demand(cluster, model.Copy is StackCopy.None, $"{name} imports a connection that it has.");
                return Demand(
                        cluster, NodeModel.Has(model.Claimed, model.Epoch),
                        $"{name} takes over at epoch {model.Epoch}, which it has not claimed.")
                    .With(node, model with { Copy = StackCopy.Frozen });
            case MigrationOutput.Resume:
                cluster = Demand(cluster, model.Copy is not StackCopy.None, $"{name} runs a connection that it does not have.");
                return NoteOwner(cluster.With(node, model with { Copy = StackCopy.Running }), node);
            case MigrationOutput.Depart depart:
                return Leave(cluster, node, new HandoffVerdict.Had(depart.Epoch));
            case MigrationOutput.GiveUpArrival give:
                return Leave(cluster, node, new HandoffVerdict.Refused(give.Epoch, HandoffRefusal.Abandoned, ""));
            case MigrationOutput.End:
                var isArriving = before is MigrationState.ClaimingArrival or MigrationState.Prepared;
                return Leave(cluster, node, model.HasArrived && !isArriving ? new HandoffVerdict.Had(model.Epoch) : null);
            case MigrationOutput.Tell tell:
                return Send(cluster, node, tell.Node, HandoffAnswer.Of(Connection, tell));
            default:
                throw new NotSupportedException(output.ToString());
        }
    }

    /// <summary>Remembers a verdict as a node does it.</summary>
    public static NodeModel Remember(NodeModel model, HandoffVerdict verdict)
    {
        var register = new HandoffRegister();
        if (model.Verdict is { } known) register.Remember(Connection, known);
        register.Remember(
            Connection, verdict is HandoffVerdict.Refused refused ? refused with { Reason = default, Detail = "" } : verdict);
        return model with { Verdict = register.Find(Connection) };
    }

    /// <summary>Notes the epoch at which a node runs the connection, which it must not have refused before.</summary>
    public static Cluster NoteOwner(Cluster cluster, int node)
    {
        var (model, epoch) = (cluster.Nodes[node], cluster.Nodes[node].Epoch);
        if (model.Copy is not StackCopy.Running || NodeModel.Has(model.Owned, epoch)) return cluster;
        return Demand(
                cluster, !NodeModel.Has(model.SaidRefused, epoch),
                $"{Cluster.Names[node]} runs the connection at epoch {epoch}, which it refused.")
            .With(node, model with { Owned = model.Owned | NodeModel.Bit(epoch) });
    }

    public Cluster Send(Cluster cluster, int node, string to, HandoffMessage message)
    {
        var (model, name, target) = (cluster.Nodes[node], Cluster.Names[node], Cluster.IndexOf(to));
        if (message is HandoffMessage.Refused { Epoch: var refused })
        {
            // The protocol does not depend on reasons and texts, which would only make more states.
            message = new HandoffMessage.Refused(Connection, refused, HandoffRefusal.Abandoned, "");
            cluster = cluster.With(node, model with { SaidRefused = model.SaidRefused | NodeModel.Bit(refused) });
            cluster = Demand(cluster, !NodeModel.Has(model.Owned, refused), $"{name} refuses epoch {refused}, which it has had.");
        }

        if (message is HandoffMessage.TakenOver { Epoch: var taken })
        {
            var rule = $"{name} says that it has epoch {taken}, and never had it or a later one.";
            cluster = Demand(cluster, model.Owned >> (int)taken != 0, rule);
        }

        // The network drops a message to a node that is no member any more as far as the sender knows.
        var isDropped = !cluster.Nodes[target].IsUp || model.Knows(target);
        return isDropped ? cluster : cluster with { Network = cluster.Network.With(number(new Flight(name, to, message))) };
    }

    /// <summary>The actor has nothing of the connection any more.</summary>
    private static Cluster Leave(Cluster cluster, int node, HandoffVerdict? verdict)
    {
        var left = cluster.Nodes[node] with
        {
            Copy = StackCopy.None,
            IsLimitArmed = false,
            IsDehydrating = false,
            OpenClaims = 0,
        };
        return cluster.With(node, verdict is null ? left : Remember(left, verdict));
    }

    private static Cluster Demand(Cluster cluster, bool holds, string rule) => holds ? cluster : cluster.Break(rule);
}
