using ActorStack.Actors.Migration;
using ActorStack.Tests.Common.Model;
using Steps = System.Collections.Generic.ICollection<
    ActorStack.Tests.Common.Model.ModelStep<
        ActorStack.Actors.Tests.Migration.HandoffModel.ClusterState,
        ActorStack.Actors.Tests.Migration.HandoffModel.ClusterStep>>;

namespace ActorStack.Actors.Tests.Migration.HandoffModel;

/// <summary>
/// A cluster of two or three nodes that hand one connection to each other, each run by the protocol itself. The network delivers
/// in any order, loses and duplicates; nodes crash, lose their lease, are removed and start again at any step.
/// </summary>
/// <param name="protocol">The protocol.</param>
/// <param name="nodes">The number of nodes, 2 or 3.</param>
/// <param name="budgets">How often each fault may happen.</param>
internal sealed partial class ClusterModel(
    Func<MigrationState, MigrationInput, MigrationStep> protocol, int nodes, Budgets budgets)
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
            var owner = new NodeModel(new MigrationState.Software(Epoch: 0), StackCopy.Running) { Owned = NodeModel.Bit(0) };
            NodeModel[] all = [owner, .. Enumerable.Repeat(NodeModel.Empty, nodes - 1)];
            yield return Pack(new Cluster([.. all], MessageBag.Empty, new ClusterFacts(), budgets));
        }
    }

    /// <summary>The names of the states of the nodes' protocols.</summary>
    public IEnumerable<string> ProtocolStates(ClusterState state) =>
        Unpack(state).Nodes.Select(node => node.State?.GetType().Name).OfType<string>();

    public string? FindViolation(ClusterState state)
    {
        var emitters = Cluster.Names.Take(nodes).Where((_, node) => _nodes[state[node]].Emits).ToList();
        return emitters.Count > 1 ? $"{string.Join(" and ", emitters)} emit at the same time." : _facts[state.Facts].Violation;
    }

    public ClusterState WithoutFaults(ClusterState state) => state with { Budgets = Budgets.None };

    public void AddSteps(ClusterState state, Steps steps)
    {
        var cluster = Unpack(state);
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
        for (var node = 0; node < nodes; node++)
        {
            var (model, name) = (cluster.Nodes[node], Cluster.Names[node]);
            if (!model.IsLive) continue;
            if (model.Copy is StackCopy.Frozen) return $"{name} has a frozen connection and waits for ever.";
            if (model.State is not (null or MigrationState.Software))
                return $"{name} stays {model.State.GetType().Name} for ever.";
        }

        if (cluster.Nodes.Any(node => node.Emits) || cluster.Facts.IsOver || cluster.Facts.IsLost) return null;
        return "No node has the connection, although no node that had it was lost.";
    }

    /// <summary>The protocol of a node gets an input in a cluster to which something has happened.</summary>
    private void Take(Cluster before, Cluster cluster, int node, MigrationInput input, string what, Steps steps)
    {
        var next = Step(cluster, node, input);
        Add(before, next, new ClusterStep(Cluster.Names[node], what, State: Changed(before, next, node)), steps);
    }

    private Cluster Step(Cluster cluster, int node, MigrationInput input)
    {
        var before = cluster.Nodes[node].State!;
        var (state, outputs) = protocol(before, input);
        var apply = new ClusterOutputs(_flights.NumberOf);
        var next = cluster.With(node, cluster.Nodes[node] with { State = state });
        foreach (var output in outputs) next = apply.Apply(next, node, before, output);
        return ClusterOutputs.NoteOwner(next, node);
    }

    private static MigrationState? Changed(Cluster before, Cluster after, int node) =>
        after.Nodes[node].State == before.Nodes[node].State ? null : after.Nodes[node].State;

    private void Add(Cluster before, Cluster after, ClusterStep step, Steps steps) =>
        steps.Add(new(step, Pack(after.Conclude(before))));

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
