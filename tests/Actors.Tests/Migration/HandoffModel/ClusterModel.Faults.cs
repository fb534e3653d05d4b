using ActorStack.Actors.Migration;
using ActorStack.Actors.Migration.Handoff;
using Steps = System.Collections.Generic.ICollection<
    ActorStack.Tests.Common.Model.ModelStep<
        ActorStack.Actors.Tests.Migration.HandoffModel.ClusterState,
        ActorStack.Actors.Tests.Migration.HandoffModel.ClusterStep>>;

namespace ActorStack.Actors.Tests.Migration.HandoffModel;

/// <summary>What happens as often as the budgets allow: faults, refusals and requests.</summary>
internal sealed partial class ClusterModel
{
    private void AddNetworkFaults(Cluster cluster, Steps steps)
    {
        foreach (var number in cluster.Network.Distinct)
        {
            var flight = _flights[number];
            var without = cluster.Network.Without(number);
            if (cluster.Budgets.Allow(Fault.Loss))
            {
                var lost = cluster.Spend(Fault.Loss) with { Network = without };
                Add(cluster, lost, new ClusterStep(flight.To, "never receives", flight), steps);
            }

            if (cluster.Budgets.Allow(Fault.Duplication))
                Receive(cluster.Spend(Fault.Duplication), flight, "receives a first copy of", steps);
            if (cluster.Budgets.Allow(Fault.Refusal))
                RefuseMessage(cluster.Spend(Fault.Refusal) with { Network = without }, flight, steps);
        }
    }

    private void AddFaults(Cluster cluster, int node, Steps steps)
    {
        var model = cluster.Nodes[node];
        if (!model.IsUp && cluster.Budgets.Allow(Fault.Restart)) Restart(cluster, node, steps);
        if (!model.IsUp) return;
        if (model.IsLimitArmed && cluster.Budgets.Allow(Fault.TimeOut)) PassLimit(cluster.Spend(Fault.TimeOut), node, steps);
        if (cluster.Budgets.Allow(Fault.Crash)) End(cluster.Spend(Fault.Crash), node, "crashes", steps);
        if (cluster.Budgets.Allow(Fault.Refusal)) Refuse(cluster.Spend(Fault.Refusal), node, steps);
        if (!model.IsRemoved && !model.HasLease) Remove(cluster, node, steps);
        if (model.IsRemoved || !model.HasLease) return;
        if (cluster.Budgets.Allow(Fault.LeaseLoss))
        {
            var silent = cluster.Spend(Fault.LeaseLoss).With(node, model with { HasLease = false });
            Add(cluster, silent, new ClusterStep(Cluster.Names[node], "loses its lease"), steps);
        }

        AddRequests(cluster, node, model, steps);
    }

    private void AddRequests(Cluster cluster, int node, NodeModel model, Steps steps)
    {
        if (model.State is null) return;
        if (cluster.Budgets.Allow(Fault.Stop))
            Take(cluster, cluster.Spend(Fault.Stop), node, MigrationInput.StopRequested.Instance, "is asked to stop", steps);
        if (model.Copy is StackCopy.Running && cluster.Budgets.Allow(Fault.End))
        {
            var ended = cluster.Spend(Fault.End) with { Facts = cluster.Facts with { IsOver = true } };
            Take(cluster, ended, node, new MigrationInput.ConnectionEnded(Error: null), "sees the connection end", steps);
        }

        if (model.State is not (MigrationState.Software or MigrationState.TakenOver)) return;
        if (!cluster.Budgets.Allow(Fault.HandOff)) return;
        for (var target = 0; target < nodes; target++)
        {
            if (target == node || model.Knows(target)) continue;
            var input = new MigrationInput.HandOff(Cluster.Names[target], MigrationTrigger.Operator.Instance);
            var what = $"is asked for a handoff to {Cluster.Names[target]}";
            Take(cluster, cluster.Spend(Fault.HandOff), node, input, what, steps);
        }
    }

    /// <summary>The store refuses a claim, or the application does not leave.</summary>
    private void Refuse(Cluster cluster, int node, Steps steps)
    {
        var model = cluster.Nodes[node];
        foreach (var epoch in model.AllOpenClaims)
        {
            var input = new MigrationInput.ClaimRefused(epoch, "another owner");
            Take(cluster, cluster.With(node, model.Answer(epoch)), node, input, $"is refused its claim of epoch {epoch}", steps);
        }

        if (!model.IsDehydrating) return;
        var stays = cluster.With(node, model with { IsDehydrating = false });
        Take(cluster, stays, node, new MigrationInput.ApplicationStays("it failed"), "keeps its application", steps);
    }

    /// <summary>A target has no room for the connection, or cannot import its state.</summary>
    private void RefuseMessage(Cluster cluster, Flight flight, Steps steps)
    {
        var (from, to, message) = flight;
        var node = Cluster.IndexOf(to);
        var model = cluster.Nodes[node];
        if (message is HandoffMessage.Prepare && model.State is null && HandoffReaction.To(message, model.Verdict).Arrives)
        {
            var verdict = new HandoffVerdict.Refused(message.Epoch, HandoffRefusal.NoCapacity, "");
            var answer = new HandoffMessage.Refused(message.Connection, message.Epoch, HandoffRefusal.NoCapacity, "");
            var refused = new ClusterOutputs(_flights.NumberOf)
                .Send(cluster.With(node, ClusterOutputs.Remember(model, verdict)), node, from, answer);
            Add(cluster, refused, new ClusterStep(to, "has no room for", flight), steps);
        }

        if (message is HandoffMessage.Transfer && model.State is MigrationState.Prepared(var claim, var source)
            && claim.Epoch == message.Epoch && source == from)
        {
            var input = new MigrationInput.TransferUnusable(from, message.Epoch, HandoffRefusal.BadState, "");
            Take(cluster, cluster, node, input, "cannot import the state", steps);
        }
    }

    private void PassLimit(Cluster cluster, int node, Steps steps)
    {
        var passed = cluster.With(node, cluster.Nodes[node] with { IsLimitArmed = false });
        Take(cluster, passed, node, MigrationInput.LimitPassed.Instance, "has waited for its time limit", steps);
    }

    /// <summary>
    /// A new start joins after everybody has heard that the earlier one is gone. What the earlier one sent arrives no more.
    /// </summary>
    private void Restart(Cluster cluster, int node, Steps steps)
    {
        if (cluster.Nodes.Any(other => other.IsLive && !other.Knows(node)) || !cluster.Nodes[node].IsRemoved) return;
        var others = cluster.Nodes.Select(other => other with { Told = (byte)(other.Told & ~(1 << node)) });
        var told = cluster.Nodes.Select((other, index) => other.IsRemoved && index != node ? 1 << index : 0).Sum();
        var name = Cluster.Names[node];
        var started = cluster.Spend(Fault.Restart) with
        {
            Nodes = [.. others],
            Network = cluster.Network.Without(number => _flights[number].From == name),
        };
        started = started.With(node, NodeModel.Empty with { Told = (byte)told });
        Add(cluster, started, new ClusterStep(name, "starts again"), steps);
    }
}
