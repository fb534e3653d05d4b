using ActorStack.Transport.Engines;
using ActorStack.Transport.State;
using static ActorStack.Actors.Migration.MigrationInput;
using static ActorStack.Actors.Migration.MigrationOutput;

namespace ActorStack.Actors.Migration;

/// <summary>
/// The source of a handoff: prepare, dehydrate, freeze and transfer, and depart or roll back.
/// <code>
/// Software e -> Offering -> Dehydrating -> Transferring -> Departed e+1
/// Offering, Dehydrating -> Software e+2     refused, too late, abandoned
/// Transferring -> Software e+2              the target refused for good
/// Transferring -> Ended                     the target is no member any more, and nobody knows what it did
/// </code>
/// The target alone may use epoch e+1. From the transfer on the source is in doubt and emits nothing: it sends the state again
/// until the target has answered. Where the cluster removes the target first, the connection ends without a word: the target may
/// have acknowledged and sent payload that the source does not have, and a peer that asks gets a RST. The moment of doubt is the
/// price of a blackout that is one message long.
/// </summary>
internal sealed partial record MigrationProtocol
{
    private MigrationStep Offer(MigrationState.Software state, HandOff handOff)
    {
        var claim = new MigrationClaim(state.Epoch + 1, Owner.Software, Owner.Node(handOff.Node), handOff.Trigger);
        return new(
            new MigrationState.Offering(claim, handOff.Node), [new SendPrepare(claim, handOff.Node), new ArmLimit(Limits.Node)]);
    }

    private MigrationStep Step(MigrationState.Offering state, MigrationInput input)
    {
        var (claim, node) = state;
        switch (input)
        {
            case TargetPrepared prepared when IsAnswer(prepared, claim, node):
                return new(
                    new MigrationState.Dehydrating(claim, node), [new Dehydrate(claim, node), new ArmLimit(Limits.Application)]);
            case TargetRefused refused when IsAnswer(refused, claim, node):
                return Stay(claim, MigrationDetail.Refused(refused.Reason, refused.Detail));
            case NodeRemoved removed when removed.Node == node:
                return Stay(claim, MigrationDetail.Removed(node));
            case LimitPassed:
                return Stay(claim, MigrationDetail.NodeSilent(node, Limits.Node)).Then(new TellAbandon(node, claim.Epoch));
            case ResetRequested reset:
                return Stay(claim, reset.Why.ToString()).Then(new TellAbandon(node, claim.Epoch)).Then(new Reset(reset.Why));
            case ConnectionEnded ended:
                return EndBeforeTransfer(claim, node, ended.Error);
            default:
                return StepRunning(state, input);
        }
    }

    private MigrationStep Step(MigrationState.Dehydrating state, MigrationInput input)
    {
        var (claim, node) = state;
        switch (input)
        {
            case ApplicationLeft { State: TcpState.SynReceived or TcpState.TimeWait } left:
                return Rehydrated(claim, node, MigrationDetail.Unmovable(left.State));
            case ApplicationLeft:
                return new(
                    new MigrationState.Transferring(claim, node),
                    [
                        new FreezeForNode(claim, node), new SendTransfer(claim.Epoch, node, IsRepeated: false),
                        new ArmLimit(Limits.Node),
                    ]);
            case ApplicationStays stays:
                return Rehydrated(claim, node, stays.Detail);
            case TargetRefused refused when IsAnswer(refused, claim, node):
                return Rehydrated(claim, node, MigrationDetail.Refused(refused.Reason, refused.Detail));
            case NodeRemoved removed when removed.Node == node:
                return Rehydrated(claim, node, MigrationDetail.Removed(node));
            case LimitPassed:
                return Rehydrated(claim, node, MigrationDetail.ApplicationBusy(Limits.Application));
            case ResetRequested reset:
                return Rehydrated(claim, node, reset.Why.ToString()).Then(new Reset(reset.Why));
            case ConnectionEnded ended:
                return EndBeforeTransfer(claim, node, ended.Error);
            default:
                return StepRunning(state, input);
        }
    }

    private MigrationStep Step(MigrationState.Transferring state, MigrationInput input)
    {
        var (claim, node) = state;
        switch (input)
        {
            case TargetTookOver took when IsAnswer(took, claim, node):
                return new(
                    new MigrationState.Departed(claim, node),
                    [
                        new Conclude(claim, MigrationOutcome.Completed, "", FidelityLedger.Exact),
                        new TellReleased(node, claim.Epoch), new Depart(node, claim.Epoch),
                    ]);
            case TargetRefused refused when IsAnswer(refused, claim, node):
                return Stay(claim, MigrationDetail.Refused(refused.Reason, refused.Detail)).After(Rehydrate.Instance);
            case NodeRemoved removed when removed.Node == node:
                var detail = MigrationDetail.Removed(node);
                return new(
                    new MigrationState.Ended(claim.Epoch),
                    [RolledBack(claim, detail), new End(new IOException($"lost in the handoff: {detail}"))]);
            case LimitPassed:
                return new(state, [new SendTransfer(claim.Epoch, node, IsRepeated: true), new ArmLimit(Limits.Node)]);
            default:
                return Stay(state);
        }
    }

    /// <summary>The target may not have heard that it is the only owner.</summary>
    private static MigrationStep Step(MigrationState.Departed state, MigrationInput input) => input switch
    {
        TargetTookOver took when IsAnswer(took, state.Claim, state.Node) =>
            new(state, [new TellReleased(took.Node, took.Epoch)]),
        PrepareRepeated or TransferArrived when (FromNode)input is var told && told.Epoch <= state.Epoch =>
            new(state, [new TellTakenOver(told.Node, told.Epoch)]),
        _ => Stay(state),
    };

    private static bool IsAnswer(FromNode told, MigrationClaim claim, string node) =>
        told.Epoch == claim.Epoch && told.Node == node;

    /// <summary>The connection stays: the application did not notice anything.</summary>
    private static MigrationStep Stay(MigrationClaim claim, string detail) =>
        new(new MigrationState.Software(claim.Epoch + 1), [RolledBack(claim, detail), Resume.Instance]);

    /// <summary>The connection stays: the application was asked to leave and starts again.</summary>
    private static MigrationStep Rehydrated(MigrationClaim claim, string node, string detail) =>
        Stay(claim, detail).After(Rehydrate.Instance).Then(new TellAbandon(node, claim.Epoch));

    private static MigrationStep EndBeforeTransfer(MigrationClaim claim, string node, Exception? error) => new(
        new MigrationState.Ended(claim.Epoch),
        [RolledBack(claim, MigrationDetail.ConnectionEnded), new TellAbandon(node, claim.Epoch), new End(error)]);
}
