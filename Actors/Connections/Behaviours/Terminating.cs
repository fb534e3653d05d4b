using ActorStack.Actors.Migration;
using ActorStack.Transport.Engines;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using Akka.Event;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>
/// The engine was asked to give the connection back. Arriving segments are held until the software stack has imported the
/// state.
/// </summary>
internal sealed class Terminating(ConnectionActor actor, EngineRun run, ConnectionContext application, CurrentMigration migration)
    : EngineBehaviour(actor, run, application)
{
    public override ConnectionPhase Phase => ConnectionPhase.Uploading;

    public override CurrentMigration Migration => migration;

    public override TimeSpan? NextDeadline => migration.Deadline;

    protected override string WhyNotMoved => $"is moving to {Owner.Software}";

    public override void OnBurst(SegmentBurst burst)
    {
        migration.FrozenAt ??= Stack.Time.GetTimestamp();
        migration.Hold(burst, Loop.Counters);
    }

    public override void OnTimer()
    {
        var now = Stack.Now;
        if (now >= migration.Deadline) Actor.Step(MigrationInput.LimitPassed.Instance);
        else Actor.ArmTimer(now);
    }

    public override void Carry(MigrationOutput output)
    {
        switch (output)
        {
            case MigrationOutput.Terminate:
                Terminate();
                break;
            case MigrationOutput.NoteFreeze freeze:
                if (!(migration.FrozenAt < freeze.At)) migration.FrozenAt = freeze.At;
                break;
            case MigrationOutput.Salvage:
                Salvage();
                break;
            case MigrationOutput.Import import:
                Import(import.Image);
                break;
            default:
                base.Carry(output);
                break;
        }
    }

    private void Terminate()
    {
        try
        {
            Run.Engine.Terminate(Run.Handle);
        }
        catch (Exception error)
        {
            Actor.Logger.Error(error, "Engine {0} failed to give back connection {1}", Run.Engine.Name, Entry.Id);
            Actor.Step(new MigrationInput.CallFailed(error.Message));
        }
    }

    /// <summary>The blackout starts at the salvage, because no stack answers the peer from then on.</summary>
    private void Salvage()
    {
        var begun = Stack.Time.GetTimestamp();
        var answer = TrySalvage();
        if (answer is MigrationInput.Salvaged) migration.FrozenAt ??= begun;
        Actor.Step(answer);
    }

    private MigrationInput TrySalvage()
    {
        try
        {
            return Run.Engine.Salvage(Run.Handle) is var (image, ledger)
                ? new MigrationInput.Salvaged(image, ledger)
                : MigrationInput.NotSalvaged.Instance;
        }
        catch (Exception error)
        {
            Actor.Logger.Error(error, "Engine {0} could not salvage connection {1}", Run.Engine.Name, Entry.Id);
            return MigrationInput.NotSalvaged.Instance;
        }
    }

    private void Import(ConnectionImage image)
    {
        migration.FrozenAt ??= Stack.Time.GetTimestamp();
        migration.State = image.State;
        Actor.Forget();
        var buffers = Actor.Buffers;
        buffers.Observer = Application;
        buffers.Receive.Restore(image.Payload.Undelivered);
        buffers.Send.EndPump(image.Payload.Send);
        var now = Stack.Now;
        var tcp = TcpConnection.Import(image, Entry.Tcp, buffers.Send, buffers.Receive, now);
        Actor.Enter(new Imported(Actor, tcp, Application, migration));
        Actor.TakeUpPath(tcp, now);

        // An abort takes precedence over everything else that the application did.
        if (buffers.AbortError is { } aborted) tcp.Abort(aborted, now);
        tcp.SetOptions(Application.Options, now);
        Actor.CountUpTo(image.State.Statistics.BytesReceived, image.State.Statistics.BytesSent);
        tcp.Resume(now);
    }
}
