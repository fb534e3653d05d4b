using ActorStack.Actors.Migration;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Tcp;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>The claim for an engine is being journaled, and the software stack still runs the connection.</summary>
internal sealed class Offloading(
    ConnectionActor actor, TcpConnection tcp, ConnectionContext application, IOffloadEngine engine, CurrentMigration migration)
    : ServingBehaviour(actor, tcp, application)
{
    public override ConnectionPhase Phase => ConnectionPhase.Offloading;

    public override CurrentMigration Migration => migration;

    public override TimeSpan? NextDeadline =>
        Tcp.NextDeadline is { } next && !(migration.Deadline < next) ? next : migration.Deadline;

    protected override string WhyNotMoved => $"is moving to {engine.Name}";

    public override void OnTimer()
    {
        if (Stack.Now >= migration.Deadline) Actor.Step(Actor.JournalSilent());
        else base.OnTimer();
    }

    public override void Carry(MigrationOutput output)
    {
        switch (output)
        {
            case MigrationOutput.Freeze freeze:
                Freeze(freeze.Claim);
                break;
            case MigrationOutput.Resume:
                Actor.Resume(Tcp, Application, held: null);
                break;
            default:
                base.Carry(output);
                break;
        }
    }

    private void Freeze(MigrationClaim claim)
    {
        migration.FrozenAt = Stack.Time.GetTimestamp();
        Loop.Link.Flush(); // what the software stack has sent leaves before the engine can send
        var image = Tcp.Capture(ExportScope.Attached, Stack.Now);
        image = image with { State = image.State.OwnedBy(Entry.Id.Value, claim.Epoch) };
        migration.State = image.State;
        Actor.Enter(new Initiating(Actor, Tcp, Application, engine, image, migration));
    }
}
