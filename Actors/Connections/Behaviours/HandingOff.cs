using ActorStack.Actors.Migration;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.Transport.Tcp;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>
/// Another node prepares to take the connection, or the application dehydrates. The software stack still runs the connection.
/// </summary>
internal sealed class HandingOff(
    ConnectionActor actor, TcpConnection tcp, ConnectionContext application, OutgoingHandoff handoff, CurrentMigration migration)
    : ServingBehaviour(actor, tcp, application)
{
    private bool _hasLeft;
    private bool _isAhead;
    private ReadOnlyMemory<byte>? _state;

    public override ConnectionPhase Phase => ConnectionPhase.HandingOff;

    public override CurrentMigration Migration => migration;

    public override TimeSpan? NextDeadline =>
        Tcp.NextDeadline is { } next && !(migration.Deadline < next) ? next : migration.Deadline;

    protected override string WhyNotMoved => $"is moving to node {handoff.Node}";

    public override void OnTimer()
    {
        if (Stack.Now >= migration.Deadline) Actor.Step(MigrationInput.LimitPassed.Instance);
        else base.OnTimer();
    }

    public override void OnApplicationLeft(ConnectionContext context, ReadOnlyMemory<byte>? state)
    {
        if (context != Application) return;
        (_hasLeft, _state) = (true, state);
        if (Actor.Buffers.Receive.Unread > OutgoingHandoff.Enough) SendUnread();
        else TellLeft();
    }

    public override void Carry(MigrationOutput output)
    {
        switch (output)
        {
            case MigrationOutput.Dehydrate:
                _isAhead = true;
                SendAhead();
                break;
            case MigrationOutput.FreezeForNode freeze:
                Freeze(freeze.Claim);
                break;
            case MigrationOutput.Rehydrate:
                break; // the application has not left: it starts again when it has
            case MigrationOutput.Resume:
                Resume();
                break;
            default:
                base.Carry(output);
                break;
        }
    }

    /// <summary>
    /// Payload travels ahead in rounds, each with what the one before left over, until the rest is small. Only then the
    /// application leaves, so that it stands still for a short time. What it has not read follows in one more round.
    /// </summary>
    public override void OnNode(string node, HandoffMessage message)
    {
        if (message is not HandoffMessage.Marked marked) base.OnNode(node, message);
        else if (!_isAhead || node != handoff.Node || !handoff.IsAnswer(marked)) return;
        else if (_hasLeft) TellLeft();
        else if (handoff.IsEnough) Dehydrate();
        else SendAhead();
    }

    private void SendAhead() => handoff.SendAhead(Tcp.Capture(ExportScope.Whole, Stack.Now));

    /// <summary>What is unread is the application's as long as it runs, and may become less at any time.</summary>
    private void SendUnread()
    {
        _isAhead = true;
        handoff.SendAhead(Tcp.Capture(ExportScope.Whole, Stack.Now).WithUndelivered(Actor.Buffers.CopyUnread()));
    }

    private void TellLeft()
    {
        _isAhead = false;
        Actor.Step(new MigrationInput.ApplicationLeft(Tcp.State));
    }

    private void Dehydrate()
    {
        _isAhead = false;
        if (Application.HasEnded) OnApplicationLeft(Application, state: null);
        else Application.AskToLeave();
    }

    private void Freeze(MigrationClaim claim)
    {
        migration.FrozenAt = Stack.Time.GetTimestamp();
        var image = Tcp.Capture(ExportScope.Whole, Stack.Now);
        image = image.WithUndelivered(Actor.Buffers.CopyUnread());
        image = image with { State = image.State.OwnedBy(Entry.Id.Value, claim.Epoch) };
        migration.State = image.State;
        Actor.Enter(new Transferring(Actor, Tcp, Application, handoff, image, _state, migration));
    }

    private void Resume()
    {
        var application = _hasLeft && _state is { } state ? Actor.Restart(state, Tcp.Options) : Application;
        Actor.Resume(Tcp, application, held: null);
    }
}
