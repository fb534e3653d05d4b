using ActorStack.Actors.Migration;
using ActorStack.Transport.Engines;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>The claim for the software stack is being journaled, and the engine still runs the connection.</summary>
internal sealed class Uploading(ConnectionActor actor, EngineRun run, ConnectionContext application, CurrentMigration migration)
    : EngineBehaviour(actor, run, application)
{
    public override ConnectionPhase Phase => ConnectionPhase.Uploading;

    public override CurrentMigration Migration => migration;

    public override TimeSpan? NextDeadline => migration.Deadline;

    protected override string WhyNotMoved => $"is moving to {Owner.Software}";

    public override void OnBurst(SegmentBurst burst) => Forward(burst);

    public override void OnOptionsChanged() => UpdateEngine();

    public override void OnTimer()
    {
        var now = Stack.Now;
        if (now >= migration.Deadline) Actor.Step(Actor.JournalSilent());
        else Actor.ArmTimer(now);
    }

    public override void Carry(MigrationOutput output)
    {
        switch (output)
        {
            case MigrationOutput.Hold:
                Entry.Unsteer(Actor.Epoch);
                Actor.Enter(new Terminating(Actor, Run, Application, migration));
                break;
            case MigrationOutput.WatchEngine:
                var offloaded = new Offloaded(Actor, Run, Application);
                Actor.Enter(offloaded);
                offloaded.Watch();
                break;
            default:
                base.Carry(output);
                break;
        }
    }
}
