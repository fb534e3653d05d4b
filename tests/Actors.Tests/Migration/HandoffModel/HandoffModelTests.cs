using System.Diagnostics;
using ActorStack.Actors.Migration;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.Tests.Common.Model;
using ActorStack.Transport.State;
using Xunit.Abstractions;

namespace ActorStack.Actors.Tests.Migration.HandoffModel;

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
        ["somebody refuses, the connection ends, nodes stop"] = (2, Budgets.Of(
            (Fault.HandOff, 2), (Fault.Duplication, 1), (Fault.TimeOut, 1), (Fault.Refusal, 1), (Fault.End, 1),
            (Fault.Stop, 1))),
        ["three nodes, one fails"] = (3, Budgets.Of(
            (Fault.HandOff, 2), (Fault.TimeOut, 1), (Fault.Crash, 1), (Fault.LeaseLoss, 1))),
        ["three nodes, there and back"] = (3, Budgets.Of((Fault.HandOff, 3), (Fault.Duplication, 1), (Fault.TimeOut, 1))),
        ["three nodes, the network fails"] = (3, Budgets.Of(
            (Fault.HandOff, 2), (Fault.Loss, 1), (Fault.Duplication, 1), (Fault.TimeOut, 1))),
    };

    private static Dictionary<string, (int Nodes, Budgets Budgets)> Large { get; } = new()
    {
        ["two nodes, everything"] = (2, Budgets.Of(
            (Fault.HandOff, 2), (Fault.Loss, 1), (Fault.Duplication, 1), (Fault.TimeOut, 2), (Fault.Crash, 1),
            (Fault.Restart, 1), (Fault.LeaseLoss, 1), (Fault.Refusal, 1), (Fault.End, 1), (Fault.Stop, 1))),
        ["three nodes, there and back and on"] = (3, Budgets.Of(
            (Fault.HandOff, 3), (Fault.Loss, 1), (Fault.Duplication, 1), (Fault.TimeOut, 1), (Fault.Crash, 1),
            (Fault.LeaseLoss, 1))),
    };

    public static TheoryData<string> Cases => IsLarge ? [.. Large.Keys] : [.. Small.Keys];

    private static readonly MigrationProtocol Protocol = new(new MigrationLimits(
        TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)));

    public static TheoryData<string, string> Faults => new()
    {
        { "the source goes on after a mere time-out", "A and B emit at the same time." },
        { "the target says Refused and keeps the preparation", "B runs the connection at epoch 1, which it refused." },
        { "the target takes over without the claim", "B takes over at epoch 1, which it has not claimed." },
        { "the target forgets that it gave a preparation up", "B runs the connection at epoch 1, which it refused." },
        { "the source asks once and never again", "A has a frozen connection and waits for ever." },
        { "the source goes on with the epoch of the target", "A emits at epoch 1, after B emitted at epoch 1." },
        { "the owner refuses a late Prepare", "B refuses epoch 1, which it has had." },
        { "the target answers once and never again", "B stays TakenOver for ever." },
    };

    private static Dictionary<string, Func<MigrationState, MigrationInput, MigrationStep>> Planted { get; } = new()
    {
        ["the source goes on after a mere time-out"] = (state, input) => (state, input) is
            (MigrationState.Transferring source, MigrationInput.LimitPassed)
            ? Protocol.Step(state, Refusal(source))
            : Protocol.Step(state, input),
        ["the target says Refused and keeps the preparation"] = (state, input) => (state, input) is
            (MigrationState.Prepared, MigrationInput.LimitPassed)
            ? new MigrationStep(state, [.. Protocol.Step(state, input).Outputs.OfType<MigrationOutput.Tell>()])
            : Protocol.Step(state, input),
        ["the target takes over without the claim"] = (state, input) => input is MigrationInput.Arrive arrive
            ? WithoutClaim(Protocol.Step(state, input), arrive.Epoch)
            : Protocol.Step(state, input),
        ["the target forgets that it gave a preparation up"] = (state, input) => Forgetful(Protocol.Step(state, input)),
        ["the source asks once and never again"] = (state, input) => (state, input) is
            (MigrationState.Transferring, MigrationInput.LimitPassed)
            ? new MigrationStep(state, [])
            : Protocol.Step(state, input),
        ["the source goes on with the epoch of the target"] = (state, input) => (state, input) is
            (MigrationState.Transferring source, MigrationInput.NodeRemoved)
            && Protocol.Step(state, Refusal(source)) is { } resumed
            ? resumed with { State = new MigrationState.Software(source.Claim.Epoch) }
            : Protocol.Step(state, input),
        ["the owner refuses a late Prepare"] = (state, input) => (state, input) is
            (MigrationState.TakenOver, MigrationInput.PrepareRepeated late)
            ? new MigrationStep(
                state, [new MigrationOutput.TellRefused(late.Node, late.Epoch, HandoffRefusal.Conflict, "it is here")])
            : Protocol.Step(state, input),
        ["the target answers once and never again"] = (state, input) => (state, input) is
            (MigrationState.TakenOver, MigrationInput.LimitPassed)
            ? new MigrationStep(state, [])
            : Protocol.Step(state, input),
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
        var model = new ClusterModel(Protocol.Step, limits.Nodes, limits.Budgets);
        var explorer = new ModelExplorer<ClusterState, ClusterStep>(model, MostStates);
        var watch = Stopwatch.StartNew();
        var report = explorer.Explore();
        output.WriteLine($"{watch.Elapsed.TotalSeconds:0.0} s: {report}");
        Assert.True(report is { IsComplete: true, Counterexample: null }, report.ToString());
        Assert.Equal(
            [
                nameof(MigrationState.ClaimingArrival), nameof(MigrationState.Dehydrating), nameof(MigrationState.Departed),
                nameof(MigrationState.Ended), nameof(MigrationState.Offering), nameof(MigrationState.Prepared),
                nameof(MigrationState.Software), nameof(MigrationState.TakenOver), nameof(MigrationState.Transferring),
            ],
            explorer.States.SelectMany(model.ProtocolStates).Distinct().Order());
    }

    private static MigrationInput.TargetRefused Refusal(MigrationState.Transferring source) => new(
        source.Node, source.Claim.Epoch, HandoffRefusal.Abandoned, "");

    private static MigrationStep WithoutClaim(MigrationStep prepared, long epoch)
    {
        var claimed = new MigrationInput.ClaimPersisted(epoch, TcpState.Established);
        var (state, outputs) = Protocol.Step(prepared.State, claimed);
        var before = prepared.Outputs.Where(made => made is not MigrationOutput.PersistClaim);
        return new MigrationStep(state, [.. before, .. outputs]);
    }

    /// <summary>The register keeps a verdict about an epoch that no message has.</summary>
    private static MigrationStep Forgetful(MigrationStep step) => step with
    {
        Outputs = [.. step.Outputs.Select(
            output => output is MigrationOutput.GiveUpArrival ? new MigrationOutput.GiveUpArrival(Epoch: 0) : output)],
    };
}
