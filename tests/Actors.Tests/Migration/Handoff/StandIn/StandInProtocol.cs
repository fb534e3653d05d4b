using System.Collections.Immutable;
using ActorStack.Actors.Migration.Handoff;
using static ActorStack.Actors.Tests.Migration.Handoff.StandIn.MigrationInput;
using static ActorStack.Actors.Tests.Migration.Handoff.StandIn.MigrationOutput;

namespace ActorStack.Actors.Tests.Migration.Handoff.StandIn;

/// <summary>
/// A handoff of the shape of the real one, to check the model with. Four rules are less obvious than the others, and without any
/// of them the model finds two emitters: a refusal is remembered in every state; a late Prepare of an epoch that the node has had
/// is no reason to refuse; an owner hands the connection on only after the source has left its doubt; and a source that ends its
/// doubt by itself takes an epoch above all that the target can have taken meanwhile.
/// </summary>
internal static class StandInProtocol
{
    /// <summary>More than the epochs that a target can raise while the source is in doubt.</summary>
    private const int Stride = 8;

    private static readonly MigrationOutput Arm = new ArmLimit();
    private static readonly MigrationOutput Disarm = new DisarmLimit();

    public static MigrationStep Step(MigrationState state, MigrationInput input)
    {
        var step = state switch
        {
            MigrationState.Software or MigrationState.Offering or MigrationState.Dehydrating => StepServing(state, input),
            MigrationState.Transferring transferring => StepInDoubt(transferring, input),
            MigrationState.Claiming or MigrationState.Prepared => StepArriving(state, input),
            MigrationState.Arrived arrived => StepArrived(arrived, input),
            _ => null,
        };
        return step ?? StepAny(state, input);
    }

    private static MigrationStep? StepServing(MigrationState state, MigrationInput input)
    {
        var (epoch, past) = (state.Epoch, state.Past);
        var target = state switch
        {
            MigrationState.Offering offering => offering.Target,
            MigrationState.Dehydrating dehydrating => dehydrating.Target,
            _ => null,
        };
        switch (state, input)
        {
            case (MigrationState.Software, HandOff wanted):
                var prepare = new HandoffMessage.Prepare("c", epoch + 1, new HandoffOffer("", "", "", 1, 0, 0));
                return New(new MigrationState.Offering(epoch, past, wanted.Target), new Send(wanted.Target, prepare), Arm);
            case (MigrationState.Software, ConnectionEnded):
                return New(new MigrationState.Ended(epoch, past), new Drop());
            case (_, ConnectionEnded):
                return New(new MigrationState.Ended(epoch, past), Abandon(target!, epoch + 1), new Drop(), Disarm);
            case (MigrationState.Offering, Received { Message: HandoffMessage.Prepared prepared })
                when prepared.Epoch == epoch + 1:
                return New(new MigrationState.Dehydrating(epoch, past, target!), new Dehydrate(), Arm);
            case (MigrationState.Dehydrating, Dehydrated):
                return New(
                    new MigrationState.Transferring(epoch, past, target!), new Freeze(), Transfer(target!, epoch + 1), Arm);
            case (_, LimitPassed or StopRequested) when target is not null:
                return New(Software(epoch + 1, past), Abandon(target!, epoch + 1), Disarm);
            case (_, NodeRemoved gone) when gone.Node == target:
                return New(Software(epoch + 1, past), Disarm);
            case (_, Received { Message: HandoffMessage.Refused refused })
                when target is not null && refused.Epoch == epoch + 1:
                return New(Software(epoch + 1, past), Disarm);
            default:
                return null;
        }
    }

    private static MigrationStep? StepInDoubt(MigrationState.Transferring state, MigrationInput input)
    {
        var (epoch, past, target) = state;
        switch (input)
        {
            case Received { Message: HandoffMessage.TakenOver taken } when taken.Epoch == epoch + 1:
                return New(new MigrationState.Departed(epoch + 1, past), new Drop(), Release(target, epoch + 1), Disarm);
            case Received { Message: HandoffMessage.Refused refused } when refused.Epoch == epoch + 1:
                return New(Software(epoch + 2, past), new Resume(), Disarm);
            case NodeRemoved gone when gone.Node == target:
                return New(Software((epoch / Stride + 1) * Stride, past), new Resume(), Disarm);
            case LimitPassed:
                return New(state, Transfer(target, epoch + 1), Arm);
            default:
                return null;
        }
    }

    private static MigrationStep? StepArriving(MigrationState state, MigrationInput input)
    {
        var (epoch, past) = (state.Epoch, state.Past);
        var source = state is MigrationState.Claiming claiming ? claiming.Source : ((MigrationState.Prepared)state).Source;
        switch (state, input)
        {
            case (MigrationState.Claiming, ClaimPersisted persisted) when persisted.Epoch == epoch:
                return New(new MigrationState.Prepared(epoch, past, source), Prepared(source, epoch), Arm);
            case (MigrationState.Claiming, ClaimRefused refused) when refused.Epoch == epoch:
            case (_, LimitPassed or StopRequested):
                return New(new MigrationState.Absent(epoch, past.Refuse(epoch)), Refuse(source, epoch), Disarm);
            case (_, NodeRemoved gone) when gone.Node == source:
                return New(new MigrationState.Absent(epoch, past.Refuse(epoch)), Disarm);
            case (_, Received { Message: HandoffMessage.Abandon abandoned }) when abandoned.Epoch == epoch:
                return New(new MigrationState.Absent(epoch, past.Refuse(epoch)), Disarm);
            case (_, Received { Message: HandoffMessage.Prepare later } got) when later.Epoch > Math.Max(epoch, past.Refused):
                return New(new MigrationState.Claiming(later.Epoch, past, got.From), new PersistClaim(later.Epoch), Arm);
            case (MigrationState.Claiming, Received { Message: HandoffMessage.Prepare again }) when again.Epoch == epoch:
                return New(state);
            case (MigrationState.Prepared, Received { Message: HandoffMessage.Prepare again }) when again.Epoch == epoch:
                return New(state, Prepared(source, epoch));
            case (MigrationState.Prepared, Received { Message: HandoffMessage.Transfer transfer }) when transfer.Epoch == epoch:
                return New(
                    new MigrationState.Arrived(epoch, past.Own(epoch), source),
                    new Import(), new Resume(), TakenOver(source, epoch), Arm);
            default:
                return null;
        }
    }

    private static MigrationStep? StepArrived(MigrationState.Arrived state, MigrationInput input)
    {
        var (epoch, past, source) = state;
        return input switch
        {
            Received { Message: HandoffMessage.Released { Epoch: var released } } when released == epoch =>
                New(Software(epoch, past), Disarm),
            NodeRemoved gone when gone.Node == source => New(Software(epoch, past), Disarm),
            LimitPassed => New(state, TakenOver(source, epoch), Arm),
            ConnectionEnded => New(new MigrationState.Ended(epoch, past), new Drop(), Disarm),
            _ => null,
        };
    }

    /// <summary>Messages that are late, or that meet a node without the connection.</summary>
    private static MigrationStep StepAny(MigrationState state, MigrationInput input)
    {
        if (input is not Received(var from, var message)) return New(state);
        var (epoch, past) = (message.Epoch, state.Past);
        switch (message)
        {
            case HandoffMessage.Prepare when epoch <= past.Owned:
                return New(state);
            case HandoffMessage.Prepare when state is MigrationState.Absent or MigrationState.Departed
                && epoch > Math.Max(state.Epoch, past.Refused):
                return New(new MigrationState.Claiming(epoch, past, from), new PersistClaim(epoch), Arm);
            case HandoffMessage.Transfer when epoch <= past.Owned:
                return New(state, TakenOver(from, epoch));
            case HandoffMessage.Prepare or HandoffMessage.Transfer:
                return New(state with { Past = past.Refuse(epoch) }, Refuse(from, epoch));
            case HandoffMessage.TakenOver when state is MigrationState.Absent or MigrationState.Departed or MigrationState.Ended
                or MigrationState.Claiming or MigrationState.Prepared or MigrationState.Arrived:
                return New(state, Release(from, epoch));
            default:
                return New(state);
        }
    }

    private static MigrationState.Software Software(long epoch, Past past) => new(epoch, past.Own(epoch));

    private static Send Abandon(string to, long epoch) => new(to, new HandoffMessage.Abandon("c", epoch));

    private static Send Transfer(string to, long epoch) => new(to, new HandoffMessage.Transfer("c", epoch, [], [], 0));

    private static Send Release(string to, long epoch) => new(to, new HandoffMessage.Released("c", epoch));

    private static Send Prepared(string to, long epoch) => new(to, new HandoffMessage.Prepared("c", epoch));

    private static Send TakenOver(string to, long epoch) => new(to, new HandoffMessage.TakenOver("c", epoch, 0));

    private static Send Refuse(string to, long epoch) =>
        new(to, new HandoffMessage.Refused("c", epoch, HandoffRefusal.Abandoned, ""));

    private static MigrationStep New(MigrationState state, params ImmutableArray<MigrationOutput> outputs) => new(state, outputs);
}
