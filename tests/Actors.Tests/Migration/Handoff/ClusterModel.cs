using ActorStack.Actors.Tests.Migration.Handoff.StandIn;
using ActorStack.TestKit.Model;
using Steps = System.Collections.Generic.ICollection<
    ActorStack.TestKit.Model.ModelStep<
        ActorStack.Actors.Tests.Migration.Handoff.ClusterState, ActorStack.Actors.Tests.Migration.Handoff.ClusterStep>>;

namespace ActorStack.Actors.Tests.Migration.Handoff;

/// <summary>
/// A cluster of two or three nodes that hand one connection to each other, each run by the protocol itself. The network delivers
/// in any order, loses and duplicates; nodes crash, lose their lease and are removed at any step.
/// </summary>
/// <param name="protocol">The protocol.</param>
/// <param name="nodes">The number of nodes, 2 or 3.</param>
/// <param name="budgets">How often each fault may happen.</param>
internal sealed class ClusterModel(Func<MigrationState, MigrationInput, MigrationStep> protocol, int nodes, Budgets budgets)
    : IProgressModel<ClusterState, ClusterStep>
{
    private readonly Interner<NodeModel> _nodes = new();
    private readonly Interner<MessageBag> _networks = new();
    private readonly Interner<ClusterFacts> _facts = new();
    private readonly Interner<Flight> _flights = new();

    public IEnumerable<ClusterState> InitialStates
    {
        get
        {
            var running = new MigrationState.Software(0, Past.None.Own(0));
            var owner = new NodeModel(running, StackCopy.Running) { Owned = NodeModel.Bit(0) };
            NodeModel[] all = [owner, .. Enumerable.Repeat(Without(), nodes - 1)];
            yield return Pack(new Cluster([.. all], MessageBag.Empty, new ClusterFacts(), budgets));
        }
    }

    /// <summary>The names of the states of the nodes' protocols.</summary>
    public IEnumerable<string> ProtocolStates(ClusterState state) =>
        Unpack(state).Nodes.Select(node => node.State.GetType().Name);

    public string? FindViolation(ClusterState state)
    {
        var emitters = Cluster.Names.Take(nodes).Where((_, node) => _nodes[state[node]].Emits).ToList();
        return emitters.Count > 1 ? $"{string.Join(" and ", emitters)} emit at the same time." : _facts[state.Facts].Violation;
    }

    public ClusterState WithoutFaults(ClusterState state) => state with { Budgets = Budgets.None };

    public void AddSteps(ClusterState state, Steps steps)
    {
        var cluster = Unpack(state);
        if (cluster.Facts.Violation is not null) return;
        AddFairSteps(cluster, steps);
        AddNetworkFaults(cluster, steps);
        for (var node = 0; node < nodes; node++) AddFaults(cluster, node, steps);
    }

    public void AddSettlingSteps(ClusterState state, Steps steps)
    {
        var cluster = Unpack(state);
        AddFairSteps(cluster, steps);
        if (steps.Count > 0) return;
        for (var node = 0; node < nodes; node++)
        {
            if (cluster.Nodes[node] is { IsUp: true, IsLimitArmed: true }) PassLimit(cluster, node, steps);
        }
    }

    public string? FindBadEnd(ClusterState state)
    {
        var cluster = Unpack(state);
        var live = Enumerable.Range(0, nodes).Where(node => cluster.Nodes[node].IsLive).ToList();
        foreach (var node in live)
        {
            var model = cluster.Nodes[node];
            if (model.Copy is StackCopy.Frozen) return $"{Cluster.Names[node]} has a frozen connection and waits for ever.";
            if (!IsAtRest(model.State))
                return $"{Cluster.Names[node]} stays {model.State.GetType().Name} for ever.";
        }

        var owners = live.Count(node => cluster.Nodes[node].Emits);
        if (owners > 0 || cluster.Facts.IsOver || cluster.Facts.IsLost) return null;
        return "No node has the connection, although no node that had it was lost.";
    }

    private static bool IsAtRest(MigrationState state) =>
        state is MigrationState.Software or MigrationState.Departed or MigrationState.Absent or MigrationState.Ended;

    /// <summary>What comes to pass by itself: messages arrive, answers come, the cluster removes who is gone.</summary>
    private void AddFairSteps(Cluster cluster, Steps steps)
    {
        foreach (var number in cluster.Network.Distinct)
        {
            var flight = _flights[number];
            Receive(cluster with { Network = cluster.Network.Without(number) }, flight, "receives", steps);
        }

        for (var node = 0; node < nodes; node++)
        {
            AddAnswers(cluster, node, steps);
            AddMembership(cluster, node, steps);
        }
    }

    private void AddAnswers(Cluster cluster, int node, Steps steps)
    {
        var model = cluster.Nodes[node];
        if (!model.IsUp) return;
        for (var epoch = 0; model.OpenClaims >> epoch != 0; epoch++)
        {
            if (!NodeModel.Has(model.OpenClaims, epoch)) continue;
            var answered = model with
            {
                OpenClaims = model.OpenClaims & ~NodeModel.Bit(epoch),
                Claimed = model.Claimed | NodeModel.Bit(epoch),
            };
            var input = new MigrationInput.ClaimPersisted(epoch);
            Take(cluster, cluster.With(node, answered), node, input, $"has claimed epoch {epoch}", steps);
        }

        if (model.IsDehydrating)
        {
            var dehydrated = cluster.With(node, model with { IsDehydrating = false });
            Take(cluster, dehydrated, node, new MigrationInput.Dehydrated(), "has dehydrated the application", steps);
        }
    }

    private void AddMembership(Cluster cluster, int node, Steps steps)
    {
        var model = cluster.Nodes[node];
        var name = Cluster.Names[node];
        if (model is { IsUp: true, IsRemoved: true }) End(cluster, node, "ends, because it was removed", steps);
        if (model is { IsUp: true, IsRemoved: false, HasLease: false })
            Add(cluster, cluster.With(node, model with { HasLease = true }), new ClusterStep(name, "has its lease again"), steps);
        if (model is { IsUp: false, IsRemoved: false }) Remove(cluster, node, steps);
        for (var observer = 0; observer < nodes; observer++)
        {
            var told = cluster.Nodes[observer];
            if (observer == node || !told.IsLive || !model.IsRemoved || told.Knows(node)) continue;
            var knows = cluster.With(observer, told with { Told = (byte)(told.Told | 1 << node) });
            var input = new MigrationInput.NodeRemoved(name);
            Take(cluster, knows, observer, input, $"hears that {name} is no member any more", steps);
        }
    }

    private void AddNetworkFaults(Cluster cluster, Steps steps)
    {
        foreach (var number in cluster.Network.Distinct)
        {
            var flight = _flights[number];
            if (cluster.Budgets.Allow(Fault.Loss))
            {
                var lost = cluster.Spend(Fault.Loss) with { Network = cluster.Network.Without(number) };
                Add(cluster, lost, new ClusterStep(flight.To, "never receives", flight), steps);
            }

            if (cluster.Budgets.Allow(Fault.Duplication))
                Receive(cluster.Spend(Fault.Duplication), flight, "receives a first copy of", steps);
        }
    }

    private void AddFaults(Cluster cluster, int node, Steps steps)
    {
        var model = cluster.Nodes[node];
        if (!model.IsUp && cluster.Budgets.Allow(Fault.Restart)) Restart(cluster, node, steps);
        if (!model.IsUp) return;
        if (model.IsLimitArmed && cluster.Budgets.Allow(Fault.TimeOut)) PassLimit(cluster.Spend(Fault.TimeOut), node, steps);
        if (cluster.Budgets.Allow(Fault.Crash)) End(cluster.Spend(Fault.Crash), node, "crashes", steps);
        if (cluster.Budgets.Allow(Fault.ClaimRefusal)) RefuseClaims(cluster, node, steps);
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
        if (cluster.Budgets.Allow(Fault.Stop))
            Take(cluster, cluster.Spend(Fault.Stop), node, new MigrationInput.StopRequested(), "is asked to stop", steps);
        if (model.Copy is not StackCopy.Running) return;
        if (cluster.Budgets.Allow(Fault.End))
        {
            var ended = cluster.Spend(Fault.End) with { Facts = cluster.Facts with { IsOver = true } };
            Take(cluster, ended, node, new MigrationInput.ConnectionEnded(), "sees the connection end", steps);
        }

        if (!cluster.Budgets.Allow(Fault.HandOff)) return;
        for (var target = 0; target < nodes; target++)
        {
            if (target == node || model.Knows(target)) continue;
            var to = Cluster.Names[target];
            var asked = cluster.Spend(Fault.HandOff);
            Take(cluster, asked, node, new MigrationInput.HandOff(to), $"is asked for a handoff to {to}", steps);
        }
    }

    private void RefuseClaims(Cluster cluster, int node, Steps steps)
    {
        var model = cluster.Nodes[node];
        for (var epoch = 0; model.OpenClaims >> epoch != 0; epoch++)
        {
            if (!NodeModel.Has(model.OpenClaims, epoch)) continue;
            var refused = cluster.Spend(Fault.ClaimRefusal)
                .With(node, model with { OpenClaims = model.OpenClaims & ~NodeModel.Bit(epoch) });
            Take(cluster, refused, node, new MigrationInput.ClaimRefused(epoch), $"is refused its claim of epoch {epoch}", steps);
        }
    }

    private void PassLimit(Cluster cluster, int node, Steps steps)
    {
        var passed = cluster.With(node, cluster.Nodes[node] with { IsLimitArmed = false });
        Take(cluster, passed, node, new MigrationInput.LimitPassed(), "has waited for its time limit", steps);
    }

    private void Remove(Cluster cluster, int node, Steps steps)
    {
        var hasOther = cluster.Nodes.Where((other, index) => index != node && other.IsLive).Any();
        if (!hasOther) return;
        var removed = cluster.With(node, cluster.Nodes[node] with { IsRemoved = true, HasLease = false });
        Add(cluster, removed, new ClusterStep(Cluster.Names[node], "is removed by the cluster"), steps);
    }

    /// <summary>
    /// A new start joins after everybody has heard that the earlier one is gone. What the earlier one sent arrives no more.
    /// </summary>
    private void Restart(Cluster cluster, int node, Steps steps)
    {
        var bit = (byte)(1 << node);
        if (cluster.Nodes.Any(other => other.IsLive && !other.Knows(node)) || !cluster.Nodes[node].IsRemoved) return;
        var others = cluster.Nodes.Select((other, index) => other with { Told = (byte)(other.Told & ~bit) });
        var told = cluster.Nodes.Select((other, index) => other.IsRemoved && index != node ? 1 << index : 0).Sum();
        var name = Cluster.Names[node];
        var started = cluster.Spend(Fault.Restart) with
        {
            Nodes = [.. others],
            Network = cluster.Network.Without(number => _flights[number].From == name),
        };
        started = started.With(node, Without() with { Told = (byte)told });
        Add(cluster, started, new ClusterStep(name, "starts again"), steps);
    }

    private void End(Cluster cluster, int node, string what, Steps steps)
    {
        var name = Cluster.Names[node];
        var model = cluster.Nodes[node];
        var ended = model with
        {
            IsUp = false,
            HasLease = false,
            Copy = StackCopy.None,
            IsLimitArmed = false,
            IsDehydrating = false,
            OpenClaims = 0,
            Claimed = 0,
            SaidRefused = 0,
            Told = 0,
            State = Without().State,
        };
        var network = cluster.Network.Without(number => _flights[number].To == name);
        Add(cluster, cluster.With(node, ended) with { Network = network }, new ClusterStep(name, what), steps);
    }

    private void Receive(Cluster cluster, Flight flight, string what, Steps steps)
    {
        var node = Cluster.IndexOf(flight.To);
        var input = new MigrationInput.Received(flight.From, flight.Message);
        var next = Step(cluster, node, input);
        Add(cluster, next, new ClusterStep(flight.To, what, flight, Changed(cluster, next, node)), steps);
    }

    /// <summary>The protocol of a node gets an input in a cluster to which something has happened.</summary>
    private void Take(Cluster before, Cluster cluster, int node, MigrationInput input, string what, Steps steps)
    {
        var next = Step(cluster, node, input);
        Add(before, next, new ClusterStep(Cluster.Names[node], what, State: Changed(before, next, node)), steps);
    }

    private Cluster Step(Cluster cluster, int node, MigrationInput input)
    {
        var (state, outputs) = protocol(cluster.Nodes[node].State, input);
        var next = cluster.With(node, cluster.Nodes[node] with { State = state });
        foreach (var output in outputs) next = ClusterOutputs.Apply(next, node, output, _flights.NumberOf);
        return ClusterOutputs.NoteOwner(next, node);
    }

    private static MigrationState? Changed(Cluster before, Cluster after, int node) =>
        after.Nodes[node].State == before.Nodes[node].State ? null : after.Nodes[node].State;

    private void Add(Cluster before, Cluster after, ClusterStep step, Steps steps) =>
        steps.Add(new(step, Pack(after.Conclude(before))));

    /// <summary>A node that has nothing of the connection.</summary>
    private static NodeModel Without() => new(new MigrationState.Absent(0, Past.None), StackCopy.None);

    private Cluster Unpack(ClusterState state)
    {
        var all = new NodeModel[nodes];
        for (var node = 0; node < nodes; node++) all[node] = _nodes[state[node]];
        return new Cluster([.. all], _networks[state.Network], _facts[state.Facts], state.Budgets);
    }

    private ClusterState Pack(Cluster cluster) => new(
        _nodes.NumberOf(cluster.Nodes[0]), _nodes.NumberOf(cluster.Nodes[1]),
        nodes > 2 ? _nodes.NumberOf(cluster.Nodes[2]) : -1,
        _networks.NumberOf(cluster.Network), _facts.NumberOf(cluster.Facts), cluster.Budgets);
}
