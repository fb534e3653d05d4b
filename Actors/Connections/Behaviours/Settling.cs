using ActorStack.Actors.Migration;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.Transport.Tcp;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>
/// The connection has come from another node and runs, and that node may not know yet. The connection does not move meanwhile.
/// </summary>
internal sealed class Settling(
    ConnectionActor actor, TcpConnection tcp, ConnectionContext application, ArrivalOrder order, CurrentMigration migration)
    : ServingBehaviour(actor, tcp, application)
{
    private bool _hasResumed;

    public override ConnectionPhase Phase => ConnectionPhase.Arriving;

    public override CurrentMigration Migration => migration;

    public override TimeSpan? NextDeadline =>
        Tcp.NextDeadline is { } next && !(migration.Deadline < next) ? next : migration.Deadline;

    protected override string WhyNotMoved => $"has just come from node {order.Node}; try again";

    public override void OnTimer()
    {
        if (Stack.Now >= migration.Deadline) Actor.Step(MigrationInput.LimitPassed.Instance);
        else base.OnTimer();
    }

    public override void Carry(MigrationOutput output)
    {
        if (output is not MigrationOutput.Resume) base.Carry(output);
        else if (_hasResumed) Actor.Resume(Tcp, Application, held: null);
        else Begin();
    }

    /// <summary>Answers the peer, then starts the application.</summary>
    private void Begin()
    {
        _hasResumed = true;
        Loop.Announcer?.Own(Entry.Flow, Actor.Epoch);
        Tcp.Resume(Stack.Now);
        migration.Held?.SortBySequence();
        Feed(migration.Held);
        if (Actor.Behaviour == this && !Application.HasEnded) Entry.Accepts.Add(Application);
    }
}
