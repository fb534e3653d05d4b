using ActorStack.Actors.Migration;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>
/// The state was sent to another node, which may be the owner by now. The connection is frozen and silent. Arriving segments are
/// forwarded to the other node at once, and held too, because the connection resumes where that node refuses it.
/// </summary>
/// <param name="actor">The actor of the connection.</param>
/// <param name="tcp">The connection, which stands still.</param>
/// <param name="application">The application's side of it, which nobody uses any more.</param>
/// <param name="handoff">Sends the state.</param>
/// <param name="image">The record and the payload that are sent.</param>
/// <param name="state">The state of the application; null: it has ended.</param>
/// <param name="migration">The move.</param>
internal sealed class Transferring(
    ConnectionActor actor, TcpConnection tcp, ConnectionContext application, OutgoingHandoff handoff, ConnectionImage image,
    ReadOnlyMemory<byte>? state, CurrentMigration migration)
    : TcpBehaviour(actor, tcp)
{
    private bool _isLinkBehind;

    public override ConnectionPhase Phase => ConnectionPhase.HandingOff;

    public override ConnectionContext Application => application;

    public override CurrentMigration Migration => migration;

    public override TimeSpan? NextDeadline => _isLinkBehind ? TimeSpan.Zero : migration.Deadline;

    protected override string WhyNotMoved => $"is moving to node {handoff.Node}";

    public override void OnBurst(SegmentBurst burst)
    {
        for (var i = 0; i < burst.Count; i++) Stack.Forwarder!.Forward(Entry.Flow, handoff.Node, burst.Frame(i));
        migration.Hold(burst, Loop.Counters);
    }

    public override void OnTimer()
    {
        var now = Stack.Now;
        if (_isLinkBehind) SendState();
        if (now >= migration.Deadline) Actor.Step(MigrationInput.LimitPassed.Instance);
        else Actor.ArmTimer(now);
    }

    public override void Carry(MigrationOutput output)
    {
        switch (output)
        {
            case MigrationOutput.SendTransfer transfer:
                Send(transfer);
                break;
            case MigrationOutput.Depart depart:
                Tcp.Retire();
                Actor.Depart(depart.Node, depart.Epoch);
                break;
            case MigrationOutput.Rehydrate:
                Stack.Forwarder!.Unsteer(Entry.Flow);
                break;
            case MigrationOutput.Resume:
                Actor.Resume(Tcp, state is { } left ? Actor.Restart(left, Tcp.Options) : application, migration.Held);
                break;
            default:
                base.Carry(output);
                break;
        }
    }

    public override void BeforeEnd() => Stack.Forwarder!.Unsteer(Entry.Flow);

    /// <summary>Sends nothing to the peer, because another node may be the owner.</summary>
    public override void Fail(Exception error, TimeSpan now)
    {
    }

    private void Send(MigrationOutput.SendTransfer transfer)
    {
        if (transfer.IsRepeated) handoff.Repeat();
        else Steer();
    }

    /// <summary>
    /// Later segments go to the other node past this process. The state follows when the link has been read once more: what came
    /// before them is forwarded first, because the peer would take the disorder for a loss.
    /// </summary>
    private void Steer()
    {
        Loop.Link.Flush(); // what this node has sent leaves before the other one can send
        Stack.Forwarder!.Steer(Entry.Flow, handoff.Node);
        _isLinkBehind = true;
        Actor.ArmTimer(TimeSpan.Zero); // expires after the next read
    }

    private void SendState()
    {
        _isLinkBehind = false;
        Loop.Link.Flush();
        handoff.SendTransfer(image, state, Stack.Time.GetElapsedTime(migration.FrozenAt!.Value));
    }
}
