using ActorStack.Actors.Migration;
using ActorStack.Transport.Engines;
using ActorStack.Transport.State;
using Xunit.Abstractions;

namespace ActorStack.Actors.Tests.Migration.Protocol;

/// <summary>The migration protocol without actors: in every order of its inputs, and with faults that must be found.</summary>
public sealed class MigrationProtocolTests(ITestOutputHelper output)
{
    private const int LastEpoch = 3;

    private static readonly MigrationProtocol Protocol =
        new(new MigrationLimits(
            TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)));

    /// <summary>The states of a handoff to another node, which need a model of the cluster.</summary>
    private static Type[] OfHandoff =>
    [
        typeof(MigrationState.Offering), typeof(MigrationState.Dehydrating), typeof(MigrationState.Transferring),
        typeof(MigrationState.Departed), typeof(MigrationState.Absent), typeof(MigrationState.ClaimingArrival),
        typeof(MigrationState.Prepared), typeof(MigrationState.TakenOver),
    ];

    public static TheoryData<string, string> Faults => new()
    {
        { "goes on in software after a mere timeout", "2 stacks may emit" },
        { "takes the claim of any epoch", "a stale input changes something" },
        { "takes the answer of any handle", "a stale input changes something" },
        { "does not fence an engine that is late", "an engine has a connection that runs in software" },
        { "does not forward what was held", "newer segments overtake those that are held" },
        { "waits for the engine without a limit", "a freeze has no limit" },
        { "moves without a claim", "the connection is touched before the claim of epoch 1 is in the journal" },
        { "claims the epoch that was claimed before", "a claim does not raise the epoch: 1" },
        { "commits as soon as the engine has the state", "the connection is committed to an engine that has not said yes" },
        { "goes on with a move that it rolled back", "the software stack is not frozen" },
        { "runs the connection again that the engine gave back before", "a stale input changes something" },
        { "goes on at an epoch that another owner has", "the connection goes on although another owner has it" },
        { "ends a move without a word", "a move ends without a word, or is under way unknown" },
    };

    private static Dictionary<string, Func<MigrationState, MigrationInput, MigrationStep>> Planted { get; } = new()
    {
        ["goes on in software after a mere timeout"] = (state, input) => (state, input) is
            (MigrationState.Terminating terminating, MigrationInput.LimitPassed)
            ? new MigrationStep(
                new MigrationState.Software(state.Epoch),
                [
                    new MigrationOutput.Import(new ConnectionImage(new TcpConnectionState(), ConnectionPayload.None)),
                    new MigrationOutput.Conclude(terminating.Claim, MigrationOutcome.Completed, "", FidelityLedger.Exact),
                    MigrationOutput.Resume.Instance,
                ])
            : Protocol.Step(state, input),
        ["takes the claim of any epoch"] = (state, input) =>
            Protocol.Step(
            state, input is MigrationInput.ClaimPersisted persisted ? persisted with { Epoch = state.Epoch } : input),
        ["takes the answer of any handle"] = (state, input) => Protocol.Step(
            state,
            (state, input) is (MigrationState.Initiating initiating, MigrationInput.FromEngine told)
                ? told with { Handle = initiating.Handle }
                : input),
        ["does not fence an engine that is late"] = Without<MigrationOutput.Invalidate>(),
        ["does not forward what was held"] = Without<MigrationOutput.ForwardHeld>(),
        ["waits for the engine without a limit"] = Without<MigrationOutput.ArmLimit>(),
        ["moves without a claim"] = (state, input) => state is MigrationState.Software && input is MigrationInput.Offload
            ? Protocol.Step(
                Protocol.Step(state, input).State, new MigrationInput.ClaimPersisted(state.Epoch + 1, TcpState.Established))
            : Protocol.Step(state, input),
        ["claims the epoch that was claimed before"] = (state, input) => state is MigrationState.Software { Epoch: > 0 }
            ? Protocol.Step(new MigrationState.Software(state.Epoch - 1), input)
            : Protocol.Step(state, input),
        ["commits as soon as the engine has the state"] = (state, input) => input is MigrationInput.HandedOver handed
            ? Protocol.Step(Protocol.Step(state, input).State, new MigrationInput.Initiated(handed.Handle, FidelityLedger.Exact))
            : Protocol.Step(state, input),
        ["goes on with a move that it rolled back"] = (state, input) => (state, input) is
            (MigrationState.Initiating, MigrationInput.LimitPassed)
            ? Protocol.Step(state, input) with { State = state }
            : Protocol.Step(state, input),
        ["runs the connection again that the engine gave back before"] = (state, input) => (state, input) is
            (MigrationState.Software, MigrationInput.Terminated terminated)
            ? new MigrationStep(state, [new MigrationOutput.Import(terminated.Image)])
            : Protocol.Step(state, input),
        ["goes on at an epoch that another owner has"] = (state, input) => input is MigrationInput.ClaimRefused
            ? new MigrationStep(state, [])
            : Protocol.Step(state, input),
        ["ends a move without a word"] = Without<MigrationOutput.Conclude>(),
    };

    [Fact]
    public void In_every_order_one_stack_at_most_emits_every_freeze_ends_and_what_is_stale_changes_nothing()
    {
        var checker = new MigrationChecker(Protocol.Step, LastEpoch);

        var violation = checker.FindViolation();

        output.WriteLine($"{checker.Worlds} worlds");
        Assert.True(violation is null, violation);
        Assert.Equal(
            typeof(MigrationState).GetNestedTypes().Except(OfHandoff).Select(state => state.Name).Order(),
            checker.StatesMet.Order());
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_planted_fault_is_found_and_told_as_the_rule_it_breaks_and_a_sequence(string fault, string rule)
    {
        var violation = new MigrationChecker(Planted[fault], LastEpoch).FindViolation();

        output.WriteLine(violation ?? "nothing found");
        Assert.NotNull(violation);
        var beginning = $"{rule}{Environment.NewLine}0. the software stack runs the connection";
        Assert.StartsWith(beginning, violation, StringComparison.Ordinal);
    }

    [Fact]
    public void States_that_are_equal_go_on_alike()
    {
        MigrationInput[] inputs =
        [
            new MigrationInput.Offload(Owner.Engine("toe"), new MigrationTrigger.PolicyRule("bulk")),
            new MigrationInput.ClaimPersisted(1, TcpState.Established),
            new MigrationInput.HandedOver(new EngineHandle(7)),
            new MigrationInput.Initiated(new EngineHandle(7), FidelityLedger.Exact),
            new MigrationInput.UploadRequested(new EngineHandle(7), UploadReason.EngineLost, "on fire"),
            new MigrationInput.ClaimPersisted(2, TcpState.Established),
        ];

        Assert.Equal(Run(inputs), Run(inputs));
        Assert.IsType<MigrationState.Salvaging>(Run(inputs)[^1]);
    }

    [Theory]
    [MemberData(nameof(Triggers))]
    public void A_trigger_reads_as_it_always_did(MigrationTrigger trigger, string text) => Assert.Equal(text, trigger.ToString());

    public static TheoryData<MigrationTrigger, string> Triggers => new()
    {
        { MigrationTrigger.Operator.Instance, "operator" },
        { new MigrationTrigger.PolicyRule("bulk"), "policy: rule bulk" },
        { MigrationTrigger.NoPolicyRule.Instance, "policy: no rule" },
        { MigrationTrigger.Engine.Of(UploadReason.HardwareFailure), "engine: HardwareFailure" },
        { MigrationTrigger.Engine.Of(UploadReason.EngineLost), "engine: EngineLost" },
        { new MigrationTrigger.Application("bug"), "application: bug" },
        { MigrationTrigger.ServiceStop.Instance, "the service stops" },
    };

    private static List<MigrationState> Run(MigrationInput[] inputs)
    {
        List<MigrationState> states = [new MigrationState.Software(0)];
        foreach (var input in inputs) states.Add(Protocol.Step(states[^1], input).State);
        return states;
    }

    private static Func<MigrationState, MigrationInput, MigrationStep> Without<T>()
        where T : MigrationOutput => (state, input) =>
        {
            var step = Protocol.Step(state, input);
            return step with { Outputs = [.. step.Outputs.Where(made => made is not T)] };
        };
}
