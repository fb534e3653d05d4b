using ActorStack.Actors.Migration;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.Transport.State;
using Steps = System.Collections.Generic.ICollection<
    ActorStack.Tests.Common.Model.ModelStep<
        ActorStack.Actors.Tests.Migration.HandoffModel.ClusterState,
        ActorStack.Actors.Tests.Migration.HandoffModel.ClusterStep>>;

namespace ActorStack.Actors.Tests.Migration.HandoffModel;

/// <summary>What comes to pass by itself: messages arrive, answers come, the cluster removes who is gone.</summary>
internal sealed partial class ClusterModel
{
    private void AddFairSteps(Cluster cluster, Steps steps)
    {
        foreach (var number in cluster.Network.Distinct)
            Receive(cluster with { Network = cluster.Network.Without(number) }, _flights[number], "receives", steps);

        for (var node = 0; node < nodes; node++)
        {
            AddAnswers(cluster, node, steps);
            AddMembership(cluster, node, steps);
        }
    }

    private void Receive(Cluster cluster, Flight flight, string what, Steps steps)
    {
        var node = Cluster.IndexOf(flight.To);
        var next = Receive(cluster, node, flight);
        Add(cluster, next, new ClusterStep(flight.To, what, flight, Changed(cluster, next, node)), steps);
    }

    private Cluster Receive(Cluster cluster, int node, Flight flight)
    {
        var (from, _, message) = flight;
        switch (cluster.Nodes[node].State)
        {
            case null:
                return ReceiveWithoutActor(cluster, node, flight);
            case MigrationState.ClaimingArrival(var claim, var source) when claim.Epoch != message.Epoch || source != from:
            case MigrationState.Prepared(var prepared, var sender) when prepared.Epoch != message.Epoch || sender != from:
                return cluster; // the behaviour Arriving takes only the messages of its own handoff
            default:
                return HandoffInput.Of(from, message) is { } input ? Step(cluster, node, input) : cluster;
        }
    }

    private Cluster ReceiveWithoutActor(Cluster cluster, int node, Flight flight)
    {
        var model = cluster.Nodes[node];
        var (arrives, answer, verdict) = HandoffReaction.To(flight.Message, model.Verdict);
        if (arrives)
        {
            var arrival = new MigrationInput.Arrive(
                flight.From, flight.Message.Epoch, new MigrationTrigger.Handoff(flight.From));
            var empty = model with { State = MigrationState.Absent.Instance, HasArrived = true };
            return Step(cluster.With(node, empty), node, arrival);
        }

        if (verdict is not null) cluster = cluster.With(node, ClusterOutputs.Remember(model, verdict));
        return answer is null ? cluster : new ClusterOutputs(_flights.NumberOf).Send(cluster, node, flight.From, answer);
    }

    private void AddAnswers(Cluster cluster, int node, Steps steps)
    {
        var model = cluster.Nodes[node];
        if (!model.IsUp) return;
        foreach (var epoch in model.AllOpenClaims)
        {
            var answered = cluster.With(node, model.Answer(epoch) with { Claimed = model.Claimed | NodeModel.Bit(epoch) });
            var input = new MigrationInput.ClaimPersisted(epoch, TcpState.Established);
            Take(cluster, answered, node, input, $"has claimed epoch {epoch}", steps);
        }

        if (model.IsDehydrating)
        {
            var left = cluster.With(node, model with { IsDehydrating = false });
            var input = new MigrationInput.ApplicationLeft(TcpState.Established);
            Take(cluster, left, node, input, "has dehydrated the application", steps);
        }

        if (model.State is MigrationState.Ended or MigrationState.Departed)
        {
            var released = cluster.With(node, model with { State = null, HasArrived = false });
            Add(cluster, released, new ClusterStep(Cluster.Names[node], "stops the actor of the connection"), steps);
        }
    }

    private void AddMembership(Cluster cluster, int node, Steps steps)
    {
        var (model, name) = (cluster.Nodes[node], Cluster.Names[node]);
        if (model is { IsUp: true, IsRemoved: true }) End(cluster, node, "ends, because it was removed", steps);
        if (model is { IsUp: true, IsRemoved: false, HasLease: false })
            Add(cluster, cluster.With(node, model with { HasLease = true }), new ClusterStep(name, "has its lease again"), steps);
        if (model is { IsUp: false, IsRemoved: false }) Remove(cluster, node, steps);
        for (var observer = 0; observer < nodes; observer++)
        {
            var told = cluster.Nodes[observer];
            if (observer == node || !told.IsLive || !model.IsRemoved || told.Knows(node)) continue;
            var knows = cluster.With(observer, told with { Told = (byte)(told.Told | 1 << node) });
            var what = $"hears that {name} is no member any more";
            if (told.State is null) Add(cluster, knows, new ClusterStep(Cluster.Names[observer], what), steps);
            else Take(cluster, knows, observer, new MigrationInput.NodeRemoved(name), what, steps);
        }
    }

    private void Remove(Cluster cluster, int node, Steps steps)
    {
        var hasOther = cluster.Nodes.Where((other, index) => index != node && other.IsLive).Any();
        if (!hasOther) return;
        var removed = cluster.With(node, cluster.Nodes[node] with { IsRemoved = true, HasLease = false });
        Add(cluster, removed, new ClusterStep(Cluster.Names[node], "is removed by the cluster"), steps);
    }

    /// <summary>A node ends. What it has sent still arrives.</summary>
    private void End(Cluster cluster, int node, string what, Steps steps)
    {
        var (model, name) = (cluster.Nodes[node], Cluster.Names[node]);
        var ended = NodeModel.Empty with { IsUp = false, HasLease = false, IsRemoved = model.IsRemoved, Owned = model.Owned };
        var network = cluster.Network.Without(number => _flights[number].To == name);
        Add(cluster, cluster.With(node, ended) with { Network = network }, new ClusterStep(name, what), steps);
    }
}
