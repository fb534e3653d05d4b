using ActorStack.Transport.Engines;
using ActorStack.Transport.State;
using static ActorStack.Actors.Migration.MigrationInput;
using static ActorStack.Actors.Migration.MigrationOutput;

namespace ActorStack.Actors.Migration;

/// <summary>
/// The protocol that moves a connection: prepare (a claim with a raised epoch is journaled), freeze, transfer, and commit or
/// roll back. It is a pure function from a state and an input to the next state and the outputs, without clock, thread or
/// actor. An input that is too late, of another epoch or of another handle changes nothing.
/// <code>
/// Software -> ClaimingOffload -> HandingOver -> Initiating -> Offloaded
/// Offloaded -> ClaimingUpload -> Terminating | Salvaging -> Software
/// ClaimingOffload, HandingOver, Initiating -> Software     rolled back
/// ClaimingUpload -> Offloaded                              rolled back
/// Terminating -> Salvaging -> Terminating | Ended          late, then lost
/// any -> Ended                                             fenced: the store gave the connection to another owner
/// </code>
/// <c>MigrationProtocol.Departing.cs</c> and <c>MigrationProtocol.Arriving.cs</c> have the two sides of a handoff to another
/// node.
/// </summary>
/// <param name="Limits">The limits for the answers of the journal, an engine, a node and an application.</param>
internal sealed partial record MigrationProtocol(MigrationLimits Limits)
{
    public MigrationStep Step(MigrationState state, MigrationInput input) => state switch
    {
        MigrationState.Ended => Stay(state),
        MigrationState.ClaimingArrival arrival => Step(arrival, input),
        _ when input is ClaimRefused refused && refused.Epoch <= state.Epoch => Fence(state, refused.Detail),
        MigrationState.Software software => Step(software, input),
        MigrationState.ClaimingOffload claiming => Step(claiming, input),
        MigrationState.HandingOver handing => Step(handing, input),
        MigrationState.Initiating initiating => Step(initiating, input),
        MigrationState.Offloaded offloaded => Step(offloaded, input),
        MigrationState.ClaimingUpload claiming => Step(claiming, input),
        MigrationState.Terminating terminating => Step(terminating, input),
        MigrationState.Salvaging salvaging => Step(salvaging, input),
        MigrationState.Offering offering => Step(offering, input),
        MigrationState.Dehydrating dehydrating => Step(dehydrating, input),
        MigrationState.Transferring transferring => Step(transferring, input),
        MigrationState.Departed departed => Step(departed, input),
        MigrationState.Absent absent => Step(absent, input),
        MigrationState.Prepared prepared => Step(prepared, input),
        MigrationState.TakenOver takenOver => Step(takenOver, input),
        _ => Stay(state),
    };

    private MigrationStep Step(MigrationState.Software state, MigrationInput input)
    {
        switch (input)
        {
            case Offload offload:
                var claim = new MigrationClaim(state.Epoch + 1, Owner.Software, offload.Engine, offload.Trigger);
                return new(new MigrationState.ClaimingOffload(claim), [new PersistClaim(claim), new ArmLimit(Limits.Journal)]);
            case HandOff handOff:
                return Offer(state, handOff);
            default:
                return StepRunning(state, input);
        }
    }

    /// <summary>The inputs that every state has in common in which the software stack runs the connection alone.</summary>
    private static MigrationStep StepRunning(MigrationState state, MigrationInput input) => input switch
    {
        ResetRequested reset => new(state, [new Reset(reset.Why)]),
        ConnectionEnded ended => new(new MigrationState.Ended(state.Epoch), [new End(ended.Error)]),
        PrepareRepeated or TransferArrived when ((FromNode)input) is var told && told.Epoch <= state.Epoch =>
            new(state, [new TellTakenOver(told.Node, told.Epoch)]),
        _ => Stay(state),
    };

    private MigrationStep Step(MigrationState.ClaimingOffload state, MigrationInput input)
    {
        var claim = state.Claim;
        switch (input)
        {
            case ClaimPersisted persisted when persisted.Epoch == claim.Epoch:
                if (persisted.State is TcpState.SynReceived or TcpState.Closing or TcpState.LastAck or TcpState.TimeWait)
                    return RollBack(claim, MigrationDetail.Unmovable(persisted.State));
                return new(
                    new MigrationState.HandingOver(claim), [new Freeze(claim), new ArmLimit(Limits.Engine), new Initiate(claim)]);
            case LimitPassed passed:
                return RollBack(
                    claim,
                    MigrationDetail.Refused(
                        RefusalReason.NoAnswer, MigrationDetail.JournalSilent(Limits.Journal, passed.Problem)));
            case StopRequested:
                return RollBack(claim, MigrationDetail.ServiceStops);
            case ResetRequested reset:
                return RollBack(claim, reset.Why.ToString()).Then(new Reset(reset.Why));
            case ConnectionEnded ended:
                return new(
                    new MigrationState.Ended(claim.Epoch),
                    [RolledBack(claim, MigrationDetail.ConnectionEnded), new End(ended.Error)]);
            default:
                return Stay(state);
        }
    }

    private static MigrationStep Step(MigrationState.HandingOver state, MigrationInput input) => input switch
    {
        HandedOver handed => new(new MigrationState.Initiating(state.Claim, handed.Handle), []),
        CallFailed failed => RollBack(state.Claim, MigrationDetail.Refused(RefusalReason.SystemError, failed.Message)),
        _ => Stay(state),
    };

    private MigrationStep Step(MigrationState.Initiating state, MigrationInput input)
    {
        var (claim, handle) = state;
        switch (input)
        {
            case FromEngine told when told.Handle != handle:
                return Stay(state);
            case Initiated initiated:
                return new(
                    new MigrationState.Offloaded(claim.Epoch, claim.To, handle),
                    [
                        new Commit(handle), new ForwardHeld(handle), new Steer(handle),
                        new Conclude(claim, MigrationOutcome.Completed, "", initiated.Ledger), new WatchEngine(handle),
                    ]);
            case Refused refused:
                return RollBack(claim, handle, MigrationDetail.Refused(refused.Reason, refused.Detail));
            case Aborted aborted:
                return RollBack(claim, handle, MigrationDetail.Failed(claim.To, aborted.Error));
            case LimitPassed:
                return RollBack(
                    claim, handle, MigrationDetail.Refused(RefusalReason.NoAnswer, MigrationDetail.EngineSilent(Limits.Engine)));
            case StopRequested:
                return RollBack(claim, handle, MigrationDetail.ServiceStops);
            case ResetRequested reset:
                return RollBack(claim, handle, reset.Why.ToString()).Then(new Reset(reset.Why));
            default:
                return Stay(state);
        }
    }

    private MigrationStep Step(MigrationState.Offloaded state, MigrationInput input)
    {
        switch (input)
        {
            case FromEngine told when told.Handle != state.Handle:
                return Stay(state);
            case Upload upload:
                return ClaimUpload(state, upload.Trigger, new UploadTerms("", upload.Trigger is not MigrationTrigger.Operator));
            case UploadRequested asked:
                var isLost = asked.Reason == UploadReason.EngineLost;
                return ClaimUpload(
                    state, MigrationTrigger.Engine.Of(asked.Reason), new UploadTerms(asked.Detail, MustSucceed: true, isLost));
            case StopRequested:
                return ClaimUpload(state, MigrationTrigger.ServiceStop.Instance, new UploadTerms("", MustSucceed: true));
            case ResetRequested reset:
                return ClaimUpload(state, reset.Why, new UploadTerms("", MustSucceed: true, ThenReset: reset.Why));
            case Aborted aborted:
                return new(new MigrationState.Ended(state.Epoch), [new End(aborted.Error)]);
            default:
                return Stay(state);
        }
    }

    private MigrationStep Step(MigrationState.ClaimingUpload state, MigrationInput input)
    {
        var (claim, handle, terms) = state;
        switch (input)
        {
            case FromEngine told when told.Handle != handle:
                return Stay(state);
            case ClaimPersisted persisted when persisted.Epoch == claim.Epoch && terms.EngineIsLost:
                return BeginSalvage(claim, handle, terms, terms.Detail, mayWait: false).After(Hold.Instance);
            case ClaimPersisted persisted when persisted.Epoch == claim.Epoch:
                return new(
                    new MigrationState.Terminating(claim, handle, terms, IsOverdue: false),
                    [Hold.Instance, new ArmLimit(Limits.Engine), new Terminate(handle)]);
            case UploadRequested asked:
                return Insist(state, terms with { EngineIsLost = terms.EngineIsLost || asked.Reason == UploadReason.EngineLost });
            case StopRequested:
                return Insist(state, terms);
            case ResetRequested reset:
                return Insist(state, terms with { ThenReset = terms.ThenReset ?? reset.Why });
            case LimitPassed passed when !terms.MustSucceed:
                return new(
                    new MigrationState.Offloaded(claim.Epoch, claim.From, handle),
                    [RolledBack(claim, MigrationDetail.JournalSilent(Limits.Journal, passed.Problem)), new WatchEngine(handle)]);
            case Aborted aborted:
                return EndInEngine(claim, aborted.Error);
            default:
                return Stay(state);
        }
    }

    private MigrationStep Step(MigrationState.Terminating state, MigrationInput input)
    {
        var (claim, handle, terms, isOverdue) = state;
        switch (input)
        {
            case FromEngine told when told.Handle != handle:
                return Stay(state);
            case Frozen frozen:
                return new(state, [new NoteFreeze(frozen.At)]);
            case Terminated terminated:
                var completed = new Conclude(claim, MigrationOutcome.Completed, terms.Detail, terminated.Ledger);
                return Return(terminated.Image, completed, terms);
            case UploadRequested { Reason: UploadReason.EngineLost } asked:
                return BeginSalvage(claim, handle, terms, asked.Detail, mayWait: false);
            case CallFailed failed:
                return BeginSalvage(claim, handle, terms, failed.Message, mayWait: false);
            case LimitPassed:
                var waited = isOverdue ? Limits.Engine + Limits.Overdue : Limits.Engine;
                return BeginSalvage(claim, handle, terms, MigrationDetail.EngineSilent(waited), mayWait: !isOverdue);
            case ResetRequested reset:
                return new(state with { Terms = terms with { ThenReset = terms.ThenReset ?? reset.Why } }, []);
            case Aborted aborted:
                return EndInEngine(claim, aborted.Error);
            default:
                return Stay(state);
        }
    }

    private MigrationStep Step(MigrationState.Salvaging state, MigrationInput input)
    {
        var (claim, handle, terms) = (state.Claim, state.Handle, state.Terms);
        var lost = claim with { Trigger = MigrationTrigger.EngineLost.Instance };
        var detail = MigrationDetail.Lost(state.Why, claim.Trigger);
        switch (input)
        {
            case Salvaged salvaged:
                return Return(salvaged.Image, new Conclude(lost, MigrationOutcome.Salvaged, detail, salvaged.Ledger), terms);
            case NotSalvaged when state.MayWait:
                return new(new MigrationState.Terminating(claim, handle, terms, IsOverdue: true), [new ArmLimit(Limits.Overdue)]);
            case NotSalvaged:
                return new(
                    new MigrationState.Ended(claim.Epoch),
                    [
                        RolledBack(lost, MigrationDetail.NothingSalvaged(detail)), new Invalidate(handle),
                        new End(new IOException($"lost with engine {claim.From}")),
                    ]);
            default:
                return Stay(state);
        }
    }

    private static MigrationStep Stay(MigrationState state) => new(state, []);

    private static Conclude RolledBack(MigrationClaim claim, string detail) =>
        new(claim, MigrationOutcome.RolledBack, detail, FidelityLedger.Exact);

    /// <summary>Another owner has the connection: this node emits nothing for it any more, not even a RST.</summary>
    private static MigrationStep Fence(MigrationState state, string detail)
    {
        var ended = new MigrationStep(new MigrationState.Ended(state.Epoch), [new End(new OwnershipLostException(detail))]);
        var (claim, handle) = state switch
        {
            MigrationState.ClaimingOffload claiming => (claiming.Claim, null),
            MigrationState.HandingOver handing => (handing.Claim, null),
            MigrationState.Initiating initiating => (initiating.Claim, initiating.Handle),
            MigrationState.Offloaded offloaded => (null, offloaded.Handle),
            MigrationState.ClaimingUpload claiming => (claiming.Claim, claiming.Handle),
            MigrationState.Terminating terminating => (terminating.Claim, terminating.Handle),
            MigrationState.Salvaging salvaging => (salvaging.Claim, salvaging.Handle),
            _ => (default(MigrationClaim), default(EngineHandle?)),
        };
        if (claim is not null) ended = ended.After(new Conclude(claim, MigrationOutcome.Fenced, detail, FidelityLedger.Exact));
        return handle is { } fenced ? ended.After(new Invalidate(fenced)) : ended;
    }

    /// <summary>The engine has no state of the connection: the software stack resumes.</summary>
    private static MigrationStep RollBack(MigrationClaim claim, string detail) =>
        new(new MigrationState.Software(claim.Epoch), [RolledBack(claim, detail), Resume.Instance]);

    /// <summary>The engine has the state: it is fenced before the software stack resumes.</summary>
    private static MigrationStep RollBack(MigrationClaim claim, EngineHandle handle, string detail) =>
        RollBack(claim, detail).After(new Invalidate(handle));

    private MigrationStep ClaimUpload(MigrationState.Offloaded state, MigrationTrigger trigger, UploadTerms terms)
    {
        var claim = new MigrationClaim(state.Epoch + 1, state.Engine, Owner.Software, trigger);
        var claiming = new MigrationState.ClaimingUpload(claim, state.Handle, terms);
        return terms.MustSucceed
            ? new(claiming, [new PersistClaim(claim)])
            : new(claiming, [new PersistClaim(claim), new ArmLimit(Limits.Journal)]);
    }

    private static MigrationStep Insist(MigrationState.ClaimingUpload state, UploadTerms terms) =>
        new(state with { Terms = terms with { MustSucceed = true } }, [DisarmLimit.Instance]);

    private static MigrationStep BeginSalvage(
        MigrationClaim claim, EngineHandle handle, UploadTerms terms, string why, bool mayWait) =>
        new(new MigrationState.Salvaging(claim, handle, terms, why, mayWait), [new Salvage(handle)]);

    /// <summary>The engine has given the connection up: the software stack imports it.</summary>
    private static MigrationStep Return(ConnectionImage image, Conclude conclusion, UploadTerms terms)
    {
        var step = new MigrationStep(
            new MigrationState.Software(conclusion.Claim.Epoch), [new Import(image), conclusion, Resume.Instance]);
        return terms.ThenReset is { } why ? step.Then(new Reset(why)) : step;
    }

    private static MigrationStep EndInEngine(MigrationClaim claim, Exception error) => new(
        new MigrationState.Ended(claim.Epoch), [RolledBack(claim, MigrationDetail.EndedIn(claim.From, error)), new End(error)]);
}
