using ActorStack.Actors.Migration;
using ActorStack.Transport.Engines;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using Akka.Event;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>
/// The engine has the state and must answer. The software connection stays whole until the engine accepts: where the engine
/// refuses, fails or is late, that same connection resumes.
/// </summary>
/// <param name="actor">The actor of the connection.</param>
/// <param name="tcp">The connection, which stands still.</param>
/// <param name="application">The application's side of it.</param>
/// <param name="engine">The engine that is to take it.</param>
/// <param name="image">The record and the payload that are handed to the engine.</param>
/// <param name="migration">The move.</param>
internal sealed class Initiating(
    ConnectionActor actor, TcpConnection tcp, ConnectionContext application, IOffloadEngine engine, ConnectionImage image,
    CurrentMigration migration)
    : Frozen(actor, tcp, application, migration)
{
    public override ConnectionPhase Phase => ConnectionPhase.Offloading;

    protected override string WhyNotMoved => $"is moving to {engine.Name}";

    public override void Carry(MigrationOutput output)
    {
        switch (output)
        {
            case MigrationOutput.Initiate:
                Initiate();
                break;
            case MigrationOutput.Invalidate:
                Actor.Fence(engine);
                break;
            case MigrationOutput.Commit commit:
                Commit(commit.Handle);
                break;
            case MigrationOutput.ForwardHeld forward:
                Migration.ForwardHeld(engine, forward.Handle);
                break;
            case MigrationOutput.Steer steer:
                Entry.Steer(engine, steer.Handle, Actor.Epoch);
                Loop.Engaging.Add(Entry);
                Entry.RunsOn = Owner.Engine(engine.Name);
                break;
            case MigrationOutput.WatchEngine watch:
                Watch(watch.Handle);
                break;
            default:
                base.Carry(output);
                break;
        }
    }

    public override void Fail(Exception error, TimeSpan now)
    {
        Actor.Fence(engine);
        base.Fail(error, now);
    }

    private void Initiate()
    {
        MigrationInput answer;
        try
        {
            var handle = engine.Initiate(image, Actor.Buffers, Actor.CreateEngineEvents());
            Stack.Identifiers.Add(Entry.Id.Value, engine.Name, handle);
            answer = new MigrationInput.HandedOver(handle);
        }
        catch (Exception error)
        {
            Actor.Logger.Error(error, "Engine {0} failed to take connection {1}", engine.Name, Entry.Id);
            answer = new MigrationInput.CallFailed(error.Message);
        }

        Actor.Step(answer);
    }

    private void Commit(EngineHandle handle)
    {
        Tcp.Retire();
        Actor.CancelTimer();
        Actor.Buffers.Send.Acknowledge(image.State.Queues.SendLength);
        engine.Activate(handle);
    }

    private void Watch(EngineHandle handle)
    {
        var offloaded = new Offloaded(Actor, new EngineRun(engine, handle, EngineRun.FiguresOf(image.State)), Application);
        Actor.Enter(offloaded);
        if (Application.Options != Tcp.Options) offloaded.OnOptionsChanged();
        offloaded.Watch();
    }
}
