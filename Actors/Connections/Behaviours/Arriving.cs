using ActorStack.Actors.Migration;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.Transport.Engines;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>
/// The connection is at another node, which was asked to send the state. Where this node forwards the segments of the flow
/// already, it goes on until the source is about to freeze the connection. Segments that come here are held, and passed on too:
/// the source runs the connection until it sends the state, and the peer would retransmit what is not acknowledged meanwhile.
/// </summary>
internal sealed class Arriving(ConnectionActor actor, IncomingHandoff handoff, CurrentMigration migration)
    : ConnectionBehaviour(actor)
{
    private TcpConnection? _tcp;
    private ConnectionContext? _application;
    private MigrationInput.TransferArrived? _arrived;

    public override ConnectionPhase Phase => ConnectionPhase.Arriving;

    public override TcpState State => TcpState.Closed;

    public override CurrentMigration Migration => migration;

    public override TimeSpan? NextDeadline => _arrived is null ? migration.Deadline : TimeSpan.Zero;

    protected override string WhyNotMoved => $"is moving here from node {handoff.Order.Node}";

    public override EngineConnectionInfo Info() => default;

    public override void OnBurst(SegmentBurst burst)
    {
        migration.HoldNewest(burst);
        PassHeld();
    }

    /// <summary>Passes what was held before the other node was asked on to it, too.</summary>
    public void PassHeld()
    {
        if (_tcp is not null || migration.Held is not { } held) return;
        foreach (var segment in handoff.Pass(held)) Stack.Cluster!.Send(handoff.Order.Node, segment);
    }

    public override void OnTimer()
    {
        var now = Stack.Now;
        if (_arrived is { } arrived)
        {
            _arrived = null;
            Actor.Step(arrived);
            return;
        }

        if (now >= migration.Deadline) Actor.Step(Actor.JournalSilent());
        else Actor.ArmTimer(now);
    }

    public override void OnNode(string node, HandoffMessage message)
    {
        if (node != handoff.Order.Node || message.Epoch != handoff.Order.Epoch) return;
        if (_tcp is not null && message is (HandoffMessage.Chunk or HandoffMessage.Transfer)) return; // sent again
        try
        {
            if (message is HandoffMessage.Chunk chunk) handoff.Add(chunk);
            else if (message is HandoffMessage.Mark mark) Stack.Cluster!.Send(node, handoff.Answer(mark));
            else if (message is HandoffMessage.Hold) Hold();
            else if (message is HandoffMessage.Processed processed) handoff.Note(processed);
            else if (message is HandoffMessage.Transfer transfer) Take(transfer);
            else base.OnNode(node, message);
        }
        catch (Exception error) when (error is FormatException or ArgumentException or InvalidOperationException)
        {
            Actor.Step(new MigrationInput.TransferUnusable(node, message.Epoch, HandoffRefusal.BadState, error.Message));
        }
    }

    public override void Carry(MigrationOutput output)
    {
        switch (output)
        {
            case MigrationOutput.Settle:
                Settle();
                break;
            case MigrationOutput.GiveUpArrival give:
                Actor.GiveUpArrival(handoff.Order, give, migration.Held);
                break;
            default:
                base.Carry(output);
                break;
        }
    }

    /// <summary>The segments of the flow come here from now on.</summary>
    private void Hold()
    {
        Loop.UnknownFlows?.Forget(Entry.Flow);
        Stack.Forwarder?.Unsteer(Entry.Flow);
    }

    /// <summary>
    /// Imports the state. Nothing is sent before the protocol has taken the connection over, which follows when the link has been
    /// read once more: the source has forwarded segments before the state, and the peer would take the disorder for a loss.
    /// </summary>
    private void Take(HandoffMessage.Transfer transfer)
    {
        Hold();
        var order = handoff.Order;
        if (handoff.Complete(transfer) is not var (image, ledger)) return;
        if (WhyRefused(transfer.Application) is { } why)
        {
            Actor.Step(new MigrationInput.TransferUnusable(order.Node, order.Epoch, HandoffRefusal.ApplicationRefused, why));
            return;
        }

        Import(image, transfer.Application);
        if (migration.Held is { } held) handoff.DropProcessed(held);
        migration.FrozenAt = Stack.Time.GetTimestamp() - (long)(transfer.FrozenMicroseconds * TicksPerMicrosecond);
        migration.State = image.State;
        _arrived = new MigrationInput.TransferArrived(order.Node, order.Epoch, ledger);
        Actor.ArmTimer(TimeSpan.Zero); // expires after the next read
    }

    /// <summary>Asks the service whether its application can go on from the state; null: it can.</summary>
    private string? WhyRefused(byte[]? application)
    {
        if (application is null || Entry.Service.WhyStateRefused is not { } check) return null;
        try
        {
            return check(application) is { } why ? $"service '{Entry.Service.Name}' of node {Stack.Cluster!.Self}: {why}" : null;
        }
        catch (Exception error)
        {
            Stack.Errors.Error(error, "The check of the application's state of connection {0} failed", Entry.Id);
            return $"the check of service '{Entry.Service.Name}' failed: {error.Message}";
        }
    }

    private double TicksPerMicrosecond => Stack.Time.TimestampFrequency / 1e6;

    private void Import(ConnectionImage image, byte[]? application)
    {
        var identity = image.State.Identity;
        if (!Entry.IsFlowOf(identity))
            throw new FormatException($"the record is of another flow than {Entry.Flow}");
        var (buffers, now) = (Actor.Buffers, Stack.Now);
        buffers.Receive.Restore(image.Payload.Undelivered);
        // A FIN that the application has queued is the end of the output, here as it was there.
        if (application is null) buffers.Application.Input.Complete();
        if (image.State.Send.FinQueued) buffers.Application.Output.Complete();
        buffers.Send.EndPump(image.Payload.Send);
        _tcp = TcpConnection.Import(image, Entry.Tcp, buffers.Send, buffers.Receive, now);
        _application = Actor.Restart(application, _tcp.Options);
        Actor.TakeUpPath(_tcp, now);
        Actor.CountFrom(image.State);
    }

    private void Settle() => Actor.Enter(new Settling(Actor, _tcp!, _application!, handoff.Order, migration));
}
