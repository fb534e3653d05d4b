using ActorStack.Actors.Migration.Handoff;
using ActorStack.Transport.Engines;
using static ActorStack.Actors.Migration.MigrationInput;
using static ActorStack.Actors.Migration.MigrationOutput;

namespace ActorStack.Actors.Migration;

/// <summary>
/// The target of a handoff: claim the epoch, prepare, and take over or refuse for good.
/// <code>
/// Absent -> ClaimingArrival e -> Prepared e -> TakenOver e -> Software e
/// ClaimingArrival, Prepared -> Ended e     refused: the node remembers it, and refuses this epoch for ever
/// </code>
/// In TakenOver the source may still be in doubt, so the target repeats its answer until the source has released the connection.
/// </summary>
internal sealed partial record MigrationProtocol
{
    private MigrationStep Step(MigrationState.Absent state, MigrationInput input)
    {
        if (input is not Arrive arrive) return Stay(state);
        var claim = new MigrationClaim(arrive.Epoch, Owner.Node(arrive.Node), Owner.Software, arrive.Trigger);
        return new(
            new MigrationState.ClaimingArrival(claim, arrive.Node), [new PersistClaim(claim), new ArmLimit(Limits.ArrivalClaim)]);
    }

    private MigrationStep Step(MigrationState.ClaimingArrival state, MigrationInput input)
    {
        var (claim, node) = state;
        switch (input)
        {
            case ClaimPersisted persisted when persisted.Epoch == claim.Epoch:
                return new(
                    new MigrationState.Prepared(claim, node),
                    [new TellPrepared(node, claim.Epoch), new ArmLimit(Limits.Arrival)]);
            case ClaimRefused refused when refused.Epoch == claim.Epoch:
                return Refuse(claim, node, HandoffRefusal.ClaimFailed, refused.Detail);
            case LimitPassed passed:
                return Refuse(
                    claim, node, HandoffRefusal.ClaimFailed, MigrationDetail.JournalSilent(Limits.ArrivalClaim, passed.Problem));
            default:
                return StepArriving(state, claim, node, input);
        }
    }

    private MigrationStep Step(MigrationState.Prepared state, MigrationInput input)
    {
        var (claim, node) = state;
        switch (input)
        {
            case PrepareRepeated again when IsAnswer(again, claim, node):
                return new(state, [new TellPrepared(node, claim.Epoch)]);
            case TransferArrived arrived when IsAnswer(arrived, claim, node):
                return new(
                    new MigrationState.TakenOver(claim, node),
                    [
                        Settle.Instance, Resume.Instance, new TellTakenOver(node, claim.Epoch),
                        new Conclude(claim, MigrationOutcome.Completed, "", arrived.Ledger), new ArmLimit(Limits.Node),
                    ]);
            case TransferUnusable unusable when IsAnswer(unusable, claim, node):
                return Refuse(claim, node, unusable.Reason, unusable.Detail);
            case LimitPassed:
                return Refuse(claim, node, HandoffRefusal.Abandoned, MigrationDetail.NodeSilent(node, Limits.Arrival));
            default:
                return StepArriving(state, claim, node, input);
        }
    }

    private MigrationStep Step(MigrationState.TakenOver state, MigrationInput input)
    {
        var (claim, node) = state;
        switch (input)
        {
            case SourceReleased released when IsAnswer(released, claim, node):
            case NodeRemoved removed when removed.Node == node:
                return new(new MigrationState.Software(claim.Epoch), [DisarmLimit.Instance, Resume.Instance]);
            case LimitPassed:
                return new(state, [new TellTakenOver(node, claim.Epoch), new ArmLimit(Limits.Node)]);
            default:
                return StepRunning(state, input);
        }
    }

    /// <summary>The inputs that end an arrival before the state has come.</summary>
    private static MigrationStep StepArriving(MigrationState state, MigrationClaim claim, string node, MigrationInput input) =>
        input switch
        {
            Abandoned abandoned when IsAnswer(abandoned, claim, node) =>
                Refuse(claim, node, HandoffRefusal.Abandoned, "the source gave the handoff up"),
            NodeRemoved removed when removed.Node == node =>
                Refuse(claim, node, HandoffRefusal.Abandoned, MigrationDetail.Removed(node)),
            StopRequested => Refuse(claim, node, HandoffRefusal.Leaving, MigrationDetail.ServiceStops),
            ResetRequested reset => Refuse(claim, node, HandoffRefusal.Leaving, reset.Why.ToString()),
            _ => Stay(state),
        };

    /// <summary>
    /// The arrival ends, and this node refuses the epoch for ever: the source may go on as soon as it hears that.
    /// </summary>
    private static MigrationStep Refuse(MigrationClaim claim, string node, HandoffRefusal reason, string detail) => new(
        new MigrationState.Ended(claim.Epoch),
        [RolledBack(claim, MigrationDetail.Refused(reason, detail)), new TellRefused(node, claim.Epoch, reason, detail),
            new GiveUpArrival(claim.Epoch)]);
}
