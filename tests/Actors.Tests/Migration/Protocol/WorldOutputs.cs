using ActorStack.Actors.Migration;
using ActorStack.Transport.Engines;

namespace ActorStack.Actors.Tests.Migration.Protocol;

/// <summary>What the protocol's outputs do to the world, and which of them it must never ask for.</summary>
internal static class WorldOutputs
{
    public static MigrationWorld Apply(MigrationWorld world, MigrationOutput output)
    {
        Demand(world.Call is OpenCall.None, $"{output.GetType().Name} follows a call whose answer comes first");
        var next = Change(world, output);
        Demand(next.Emitters <= 1, $"{next.Emitters} stacks may emit");
        return next;
    }

    private static MigrationWorld Change(MigrationWorld world, MigrationOutput output)
    {
        switch (output)
        {
            case MigrationOutput.PersistClaim { Claim: var claim }:
                var raises = claim.Epoch > 0 && world.Claimed >> (int)claim.Epoch == 0;
                Demand(raises, $"a claim does not raise the epoch: {claim.Epoch}");
                return world with { Claimed = MigrationWorld.With(world.Claimed, claim.Epoch) };
            case MigrationOutput.ArmLimit:
                return world with { IsLimitArmed = true };
            case MigrationOutput.DisarmLimit:
                return world with { IsLimitArmed = false };
            case MigrationOutput.Freeze { Claim: var claim }:
                DemandClaim(world, claim.Epoch);
                Demand(world.Software is SoftwareStep.Running, "the software stack is frozen while it does not run");
                return world with { Software = SoftwareStep.Frozen, IsHolding = true };
            case MigrationOutput.Initiate:
                Demand(world.Software is SoftwareStep.Frozen, "the state is handed over while the software stack runs");
                return world with { Call = OpenCall.Initiate };
            case MigrationOutput.Commit commit:
                return Commit(world, commit.Handle);
            case MigrationOutput.ForwardHeld:
                Demand(world.IsHolding, "nothing is held that could be forwarded");
                return world with { IsHolding = false };
            case MigrationOutput.Steer:
                Demand(!world.IsHolding, "newer segments overtake those that are held");
                return world;
            case MigrationOutput.WatchEngine:
                return world;
            case MigrationOutput.Hold:
                return world with { IsHolding = true };
            case MigrationOutput.Terminate terminate:
                DemandClaim(world, world.State.Epoch);
                Demand(world.IsHolding, "segments reach an engine that is asked for the connection");
                var asked = world[terminate.Handle];
                var terminating = world with { Call = OpenCall.Terminate };
                return asked.Emits ? terminating.With(terminate.Handle, asked with { Step = EngineStep.Asked }) : terminating;
            case MigrationOutput.NoteFreeze:
                return world;
            case MigrationOutput.Salvage:
                DemandClaim(world, world.State.Epoch);
                return world with { Call = OpenCall.Salvage };
            case MigrationOutput.Import:
                Demand(world.Software is SoftwareStep.Gone, "the software stack gets a connection that it has");
                return world with { Software = SoftwareStep.Frozen };
            case MigrationOutput.Invalidate invalidate:
                return world.With(invalidate.Handle, world[invalidate.Handle] with { Step = EngineStep.Out });
            case MigrationOutput.Conclude conclude:
                return Conclude(world, conclude);
            case MigrationOutput.Resume:
                Demand(world.Software is not SoftwareStep.Gone, "a connection goes on that the software stack does not have");
                return world with { Software = SoftwareStep.Running, IsHolding = false };
            case MigrationOutput.Reset:
                Demand(world.Software is SoftwareStep.Running, "a connection is reset that the software stack does not run");
                return world with { Call = OpenCall.Reset };
            case MigrationOutput.End:
                return world with { Software = SoftwareStep.Gone, IsHolding = false, IsLimitArmed = false };
            default:
                throw new NotSupportedException(output.ToString());
        }
    }

    private static MigrationWorld Commit(MigrationWorld world, EngineHandle handle)
    {
        DemandClaim(world, world.State.Epoch);
        Demand(world.Software is SoftwareStep.Frozen, "the connection is committed while the software stack runs");
        var engine = world[handle];
        Demand((engine.Told & EngineTold.Initiated) != 0, "the connection is committed to an engine that has not said yes");
        var committed = world with { Software = SoftwareStep.Gone };
        return committed.With(handle, engine with { Step = engine.HasConnection ? EngineStep.Active : EngineStep.Out });
    }

    private static MigrationWorld Conclude(MigrationWorld world, MigrationOutput.Conclude conclude)
    {
        var epoch = conclude.Claim.Epoch;
        Demand(MigrationWorld.Has(world.Claimed, epoch), $"a move ends that claimed nothing: {epoch}");
        Demand(!MigrationWorld.Has(world.Concluded, epoch), $"the move of epoch {epoch} ends twice");
        if (conclude.Outcome is not (MigrationOutcome.RolledBack or MigrationOutcome.Fenced)) DemandClaim(world, epoch);
        return world with { Concluded = MigrationWorld.With(world.Concluded, epoch), IsLimitArmed = false };
    }

    private static void DemandClaim(MigrationWorld world, long epoch)
    {
        var isPersisted = MigrationWorld.Has(world.Persisted, epoch);
        Demand(isPersisted, $"the connection is touched before the claim of epoch {epoch} is in the journal");
        Demand(!MigrationWorld.Has(world.Concluded, epoch), $"a move that is over goes on: epoch {epoch}");
    }

    private static void Demand(bool holds, string violation)
    {
        if (!holds) throw new ProtocolViolationException(violation);
    }
}
