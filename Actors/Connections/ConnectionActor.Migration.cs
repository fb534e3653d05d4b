using ActorStack.Actors.Connections.Behaviours;
using ActorStack.Actors.Migration;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.Actors.Persistence;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Tcp;
using Akka.Event;

namespace ActorStack.Actors.Connections;

/// <summary>The shell of the migration protocol: passes inputs to the protocol and carries out its outputs.</summary>
internal sealed partial class ConnectionActor
{
    private MigrationState _migration = MigrationState.Software.Initial;
    private int _migrationCount;

    /// <summary>The epoch of the connection's owner: the fencing token, which every move raises.</summary>
    internal long Epoch => _migration.Epoch;

    /// <summary>
    /// Steps the protocol. Returns false where the input is stale: too late, of another handle or of another epoch.
    /// </summary>
    internal bool Step(MigrationInput input)
    {
        var before = _migration;
        var step = Stack.Migration.Step(before, input);
        _migration = step.State;
        foreach (var output in step.Outputs) Carry(output);
        return !step.Outputs.IsEmpty || !ReferenceEquals(before, step.State);
    }

    /// <summary>The journal has not answered within the limit; the input carries the known cause.</summary>
    internal MigrationInput JournalSilent() => Stack.Settings.JournalHealth.Problem is { } problem
        ? new MigrationInput.LimitPassed($"{problem.Message}. {problem.WhatToDo}")
        : MigrationInput.LimitPassed.Instance;

    internal IEngineEvents CreateEngineEvents() => new EngineEventSink(Self, Stack.Time);

    /// <summary>
    /// Resumes the software connection: it gets the held segments and looks at all that the application did during the move.
    /// </summary>
    internal void Resume(TcpConnection tcp, ConnectionContext application, HeldFrames? held)
    {
        var serving = ServingBehaviour.Of(this, tcp, application);
        Enter(serving);
        serving.Feed(held);
        Behaviour.OnOptionsChanged();
        Behaviour.OnApplicationWrote();
        Behaviour.OnApplicationRead();
    }

    /// <summary>Fences the engine: it emits nothing for the connection any more.</summary>
    internal void Fence(IOffloadEngine engine)
    {
        if (Stack.Identifiers.TryFind(Entry.Id.Value, out var identity)) engine.Invalidate(identity.Handle);
        Forget();
    }

    /// <summary>Removes the handle's mapping: later events under the handle are stale.</summary>
    internal void Forget()
    {
        Stack.Identifiers.Remove(Entry.Id.Value);
        Entry.Unsteer(Epoch);
        Entry.RunsOn = Owner.Software;
    }

    private void OnEngine(MigrationInput.FromEngine told)
    {
        if (!Step(told)) Log.Debug("Connection {0} in {1}: stale {2}", Entry.Id, Behaviour.Phase, told);
    }

    private void Carry(MigrationOutput output)
    {
        MigrationActivity.Note(Behaviour.Migration?.Activity, output);
        switch (output)
        {
            case MigrationOutput.PersistClaim persist:
                Prepare(persist.Claim);
                break;
            case MigrationOutput.ArmLimit arm when Behaviour.Migration is { } migration:
                migration.Deadline = Stack.Now + arm.After;
                ArmTimer(Stack.Now);
                break;
            case MigrationOutput.DisarmLimit when Behaviour.Migration is { } migration:
                migration.Deadline = null;
                break;
            case MigrationOutput.Conclude conclude when Behaviour.Migration is { } migration:
                Conclude(conclude, migration);
                break;
            case MigrationOutput.Tell tell:
                Stack.Cluster!.Send(tell.Node, HandoffAnswer.Of(Entry.Id.Value, tell));
                break;
            case MigrationOutput.End end:
                End(end.Error);
                break;
            default:
                Behaviour.Carry(output);
                break;
        }
    }

    /// <summary>The operator who waits for the record of the move, if there is one.</summary>
    private void Prepare(MigrationClaim claim)
    {
        var requester = claim.Trigger is MigrationTrigger.Operator ? Requester : null;
        Behaviour.Prepare(claim, new CurrentMigration(++_migrationCount, requester));
        PersistAsync(
            new ConnectionEvents.OwnerClaimed(
                claim.Epoch, claim.From.ToString(), claim.To.ToString(), claim.Trigger.ToString(), Stack.Time.GetUtcNow()),
            persisted => Step(new MigrationInput.ClaimPersisted(persisted.Epoch, Behaviour.State)));
    }
}
