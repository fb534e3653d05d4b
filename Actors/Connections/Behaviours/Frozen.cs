using ActorStack.Actors.Migration;
using ActorStack.Transport.Tcp;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>The connection is frozen in the software stack: it gets no input, and arriving segments are held.</summary>
internal abstract class Frozen(
    ConnectionActor actor, TcpConnection tcp, ConnectionContext application, CurrentMigration migration)
    : TcpBehaviour(actor, tcp)
{
    public sealed override ConnectionContext Application => application;

    public sealed override CurrentMigration Migration => migration;

    public sealed override TimeSpan? NextDeadline => migration.Deadline;

    public sealed override void OnBurst(SegmentBurst burst) => migration.Hold(burst, Loop.Counters);

    public sealed override void OnTimer()
    {
        var now = Stack.Now;
        if (now >= migration.Deadline) Actor.Step(MigrationInput.LimitPassed.Instance);
        else Actor.ArmTimer(now);
    }

    public override void Carry(MigrationOutput output)
    {
        if (output is MigrationOutput.Resume) Actor.Resume(Tcp, application, migration.Held);
        else base.Carry(output);
    }
}
