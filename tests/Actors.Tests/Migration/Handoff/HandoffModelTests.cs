using System.Diagnostics;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.Actors.Tests.Migration.Handoff.StandIn;
using ActorStack.TestKit.Model;
using Xunit.Abstractions;

namespace ActorStack.Actors.Tests.Migration.Handoff;

/// <summary>
/// The handoff protocol of every node of a small cluster, in every order of messages and faults that the budgets allow, and with
/// faults of the protocol that must be found.
/// </summary>
public sealed class HandoffModelTests(ITestOutputHelper output)
{
    private const int MostStates = 60_000_000;

    private static readonly bool IsLarge = Environment.GetEnvironmentVariable("ACTORSTACK_MODEL") == "large";

    private static Dictionary<string, (int Nodes, Budgets Budgets)> Small { get; } = new()
    {
        ["the network fails"] = (2, Budgets.Of(
            (Fault.HandOff, 2), (Fault.Loss, 2), (Fault.Duplication, 1), (Fault.TimeOut, 2))),
        ["nodes fail"] = (2, Budgets.Of(
            (Fault.HandOff, 2), (Fault.TimeOut, 1), (Fault.Crash, 1), (Fault.LeaseLoss, 1), (Fault.Restart, 1))),
        ["network and node fail"] = (2, Budgets.Of(
            (Fault.HandOff, 1), (Fault.Loss, 1), (Fault.Duplication, 1), (Fault.TimeOut, 1), (Fault.Crash, 1),
            (Fault.LeaseLoss, 1))),
        ["claims are refused, the connection ends, nodes stop"] = (2, Budgets.Of(
            (Fault.HandOff, 2), (Fault.Duplication, 1), (Fault.TimeOut, 1), (Fault.ClaimRefusal, 1), (Fault.End, 1),
            (Fault.Stop, 1))),
        ["three nodes, one fails"] = (3, Budgets.Of(
            (Fault.HandOff, 2), (Fault.TimeOut, 1), (Fault.Crash, 1), (Fault.LeaseLoss, 1))),
        ["three nodes, the network fails"] = (3, Budgets.Of(
            (Fault.HandOff, 2), (Fault.Loss, 1), (Fault.Duplication, 1), (Fault.TimeOut, 1))),
    };

    private static Dictionary<string, (int Nodes, Budgets Budgets)> Large { get; } = new()
    {
        ["two nodes, everything"] = (2, Budgets.Of(
            (Fault.HandOff, 2), (Fault.Loss, 1), (Fault.Duplication, 1), (Fault.TimeOut, 2), (Fault.Crash, 1),
            (Fault.Restart, 1), (Fault.LeaseLoss, 1), (Fault.ClaimRefusal, 1), (Fault.End, 1), (Fault.Stop, 1))),
        ["three nodes, there and back and on"] = (3, Budgets.Of(
            (Fault.HandOff, 3), (Fault.Loss, 1), (Fault.Duplication, 1), (Fault.TimeOut, 1), (Fault.Crash, 1),
            (Fault.LeaseLoss, 1))),
    };

    public static TheoryData<string> Cases => IsLarge ? [.. Large.Keys] : [.. Small.Keys];

    public static TheoryData<string, string> Faults => new()
    {
        { "the source goes on after a mere time-out", "A and B emit at the same time." },
        { "the target says Refused and keeps the preparation", "B runs the connection at epoch 1, which it refused." },
        { "the target takes over without the claim", "B takes over at epoch 1, which it has not claimed." },
        { "the target forgets that it gave a preparation up", "B runs the connection at epoch 1, which it refused." },
        { "the owner refuses a late Prepare", "B refuses epoch 1, which it has had." },
        { "the new owner hands on before the old one has given up", "A and C emit at the same time." },
        { "the source asks once and never again", "A has a frozen connection and waits for ever." },
        { "the source ends its doubt with an epoch that the target had", "A emits at epoch 1, after B emitted at epoch 1." },
    };

    private static Dictionary<string, Func<MigrationState, MigrationInput, MigrationStep>> Planted { get; } = new()
    {
        ["the source goes on after a mere time-out"] = (state, input) => (state, input) is
            (MigrationState.Transferring source, MigrationInput.LimitPassed)
            ? StandInProtocol.Step(state, new MigrationInput.NodeRemoved(source.Target))
            : StandInProtocol.Step(state, input),
        ["the target says Refused and keeps the preparation"] = (state, input) => (state, input) is
            (MigrationState.Prepared, MigrationInput.LimitPassed)
            ? StandInProtocol.Step(state, input) with { State = state }
            : StandInProtocol.Step(state, input),
        ["the target takes over without the claim"] = (state, input) => input is
            MigrationInput.Received { Message: HandoffMessage.Prepare prepare }
            ? WithoutClaim(StandInProtocol.Step(state, input), prepare.Epoch)
            : StandInProtocol.Step(state, input),
        ["the target forgets that it gave a preparation up"] = (state, input) => Forgetful(StandInProtocol.Step(state, input)),
        ["the owner refuses a late Prepare"] = (state, input) => input is
            MigrationInput.Received { Message: HandoffMessage.Prepare late } && late.Epoch <= state.Past.Owned
            ? StandInProtocol.Step(state with { Past = Past.None }, input) with { State = state }
            : StandInProtocol.Step(state, input),
        ["the new owner hands on before the old one has given up"] = (state, input) => (state, input) is
            (MigrationState.Arrived arrived, MigrationInput.HandOff)
            ? StandInProtocol.Step(new MigrationState.Software(arrived.Epoch, arrived.Past), input)
            : StandInProtocol.Step(state, input),
        ["the source asks once and never again"] = (state, input) => (state, input) is
            (MigrationState.Transferring, MigrationInput.LimitPassed)
            ? new MigrationStep(state, [])
            : StandInProtocol.Step(state, input),
        ["the source ends its doubt with an epoch that the target had"] = (state, input) => (state, input) is
            (MigrationState.Transferring, MigrationInput.NodeRemoved)
            && StandInProtocol.Step(state, input) is { State: MigrationState.Software } resumed
            ? resumed with { State = new MigrationState.Software(state.Epoch + 1, state.Past.Own(state.Epoch + 1)) }
            : StandInProtocol.Step(state, input),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void One_node_at_most_emits_and_every_doubt_ends(string faults) =>
        Explore(IsLarge ? Large[faults] : Small[faults]);

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_planted_fault_is_found_and_told_as_a_rule_and_a_sequence(string fault, string rule)
    {
        var found = Small.Values
            .Select(small => new ClusterModel(Planted[fault], small.Nodes, small.Budgets))
            .Select(model => new ModelExplorer<ClusterState, ClusterStep>(model, MostStates).Explore().Counterexample)
            .FirstOrDefault(example => example?.Rule == rule);

        output.WriteLine($"{found}");
        Assert.NotNull(found);
    }

    private void Explore((int Nodes, Budgets Budgets) limits)
    {
        var model = new ClusterModel(StandInProtocol.Step, limits.Nodes, limits.Budgets);
        var watch = Stopwatch.StartNew();
        var report = new ModelExplorer<ClusterState, ClusterStep>(model, MostStates).Explore();
        output.WriteLine($"{watch.Elapsed.TotalSeconds:0.0} s: {report}");
        Assert.True(report is { IsComplete: true, Counterexample: null }, report.ToString());
    }

    private static MigrationStep WithoutClaim(MigrationStep prepared, long epoch)
    {
        if (prepared.State is not MigrationState.Claiming) return prepared;
        var (state, outputs) = StandInProtocol.Step(prepared.State, new MigrationInput.ClaimPersisted(epoch));
        var before = prepared.Outputs.Where(made => made is not MigrationOutput.PersistClaim);
        return new MigrationStep(state, [.. before, .. outputs]);
    }

    private static MigrationStep Forgetful(MigrationStep step) => step.State is MigrationState.Absent
        ? step with { State = new MigrationState.Absent(0, Past.None) }
        : step;
}
