using ActorStack.Actors.Connections.Behaviours;
using ActorStack.Actors.Migration;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.Actors.Persistence;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Options;
using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>Handoffs to and from other nodes.</summary>
internal sealed partial class ConnectionActor
{
    private PendingHandoff? _pendingHandoff;

    /// <summary>The reason why the connection cannot be handed to the node; null where it can be tried.</summary>
    internal string? WhyNotHandedOff(string node, ConnectionContext application)
    {
        if (Stack.Cluster is not { } cluster || cluster is { IsCluster: false, Nodes.Count: 1 })
            return "cannot leave this process, because the stack has no cluster";
        if (node == cluster.Self) return $"is at node {node} already";
        if (cluster.Nodes.All(one => one.Name != node))
            return $"cannot move to '{node}', which is no node of the cluster; list the nodes to see their names";
        if (!Entry.Service.IsMovable && !application.HasEnded)
            return $"cannot move, because the application of service '{Entry.Service.Name}' cannot leave it";
        return Stack.Forwarder is { } forwarder
            ? forwarder.WhyUnreachable(node)
            : "cannot move, because this node cannot forward late segments to another node";
    }

    /// <summary>Hands the connection over when the upload that follows has ended, whichever way.</summary>
    internal void HandOffAfterUpload(string node, MigrationTrigger trigger) =>
        _pendingHandoff = new PendingHandoff(node, trigger, Requester);

    /// <summary>Asks the node to prepare, while the software stack serves.</summary>
    internal void BeginHandoff(MigrationOutput.SendPrepare prepare, TcpConnection tcp, ConnectionContext application)
    {
        var migration = new CurrentMigration(++_migrationCount, Requester);
        var handoff = new OutgoingHandoff(Stack.Cluster!, prepare.Node, Entry.Id.Value, prepare.Claim.Epoch);
        Enter(new HandingOff(this, tcp, application, handoff, migration));
        handoff.SendPrepare(new HandoffOffer(
            Entry.Flow.Local.ToString(), Entry.Flow.Remote.ToString(), Entry.Service.Name,
            Serialization.HyperionStateCodec.Version, Buffers.Send.Length + Buffers.Receive.Unread, ApplicationBytes: 0));
        TakeAlong(prepare.Node);
    }

    /// <summary>
    /// The connection that moves together with this one goes to the same node; it declines where it does already.
    /// </summary>
    private void TakeAlong(string node)
    {
        if (Entry.Companion is not { } companion || !Stack.Connections.TryGetValue(companion, out var other)) return;
        other.Actor?.Tell(
            new ConnectionProtocol.HandOff(node, new MigrationTrigger.Companion(Entry.Id.Value)), ActorRefs.NoSender);
    }

    /// <summary>The history of the connection at this node begins.</summary>
    internal void NoteArrival(ArrivalOrder arrival)
    {
        Loop.Counters.Opened++;
        PersistAsync(
            new ConnectionEvents.Arrived(
                Entry.Id.Value, Entry.Flow.Local.ToString(), Entry.Flow.Remote.ToString(), Entry.Service.Name, arrival.Node,
                arrival.Epoch, Stack.Time.GetUtcNow()),
            static _ => { });
    }

    /// <summary>The application's side of the connection for an application that starts again from its state.</summary>
    /// <param name="state">The state; null: the application has ended.</param>
    /// <param name="options">The socket options of the connection.</param>
    internal ConnectionContext Restart(byte[]? state, SocketOptions options)
    {
        var application = new ConnectionContext(Entry, Buffers.Application, options, Self, Stack.Errors, state)
        {
            HasEnded = state is null,
        };
        Observe(application);
        return application;
    }

    /// <summary>Starts the application again, which left for a handoff that was given up.</summary>
    internal ConnectionContext Restart(ReadOnlyMemory<byte> state, SocketOptions options)
    {
        var application = new ConnectionContext(Entry, Buffers.Application, options, Self, Stack.Errors, state);
        Observe(application);
        Buffers.PassInput();
        Entry.Accepts.Add(application);
        return application;
    }

    /// <summary>Another node has the connection: this one forwards its segments and says nothing to the peer.</summary>
    internal void Depart(string node, long epoch)
    {
        var reason = $"moved to node {node}";
        var last = Snapshot() with { Phase = nameof(ConnectionPhase.Closed), Ended = reason };
        var closed = new Closed(this, last, wasReset: false);
        EndTrace();
        var left = Behaviour;
        Enter(closed);
        CancelTimer();
        Stack.Handoffs.Remember(Entry.Id.Value, new HandoffVerdict.Had(epoch));
        Forward(new ForwardedConnection(epoch, node, Entry, Loop));
        left.Migration?.Held?.Release();
        Buffers.Observer = null;
        Buffers.Application.Input.Complete(new OperationCanceledException(reason));
        Buffers.Receive.Complete();
        Buffers.Send.Close();
        TellEndAndWrite(closed, reason, last.BytesReceived, last.BytesSent);
    }

    /// <summary>
    /// A connection that came from another node has ended: that node need not forward its segments any more, and late messages
    /// of the handoff get the right answer.
    /// </summary>
    private void NoteGone()
    {
        if (Entry.Arrivals.Count == 0) return;
        Stack.Handoffs.Remember(Entry.Id.Value, new HandoffVerdict.Had(Epoch));
        foreach (var arrival in Entry.Arrivals)
            Stack.Cluster!.Send(arrival.Node, new HandoffMessage.Gone(Entry.Id.Value, arrival.Epoch));
    }

    /// <summary>
    /// The connection does not come. Its held segments go to the node that has it, and later ones are forwarded there where this
    /// node has forwarded them before.
    /// </summary>
    internal void GiveUpArrival(ArrivalOrder order, MigrationOutput.GiveUpArrival give, HeldFrames? held)
    {
        Stack.Handoffs.Remember(
            Entry.Id.Value, new HandoffVerdict.Refused(give.Epoch, HandoffRefusal.Abandoned, MigrationDetail.GivenUp));
        for (var i = 0; i < held?.Count; i++) Stack.Forwarder!.Forward(Entry.Flow, order.Node, held[i]);
        var closed = new Closed(this, last: null, wasReset: false);
        var before = Stack.Handoffs.FindForwarded(Entry.Id.Value);
        Leave(error: null, closed, staysForwarded: before is not null);
        if (before is not null)
        {
            Stack.Forwarder!.Steer(Entry.Flow, order.Node);
            Forward(before with { Node = order.Node, Entry = Entry }); // the entry knows the nodes to tell
        }

        TellEndAndWrite(closed, MigrationDetail.GivenUp, received: 0, sent: 0);
    }

    private void TellEndAndWrite(Closed closed, string reason, long received, long sent)
    {
        closed.TellEnd();
        closed.AwaitJournal();
        PersistAsync(
            new ConnectionEvents.Closed(reason, received, sent, Stack.Time.GetUtcNow()), _ => closed.OnEndWritten());
    }

    private void Forward(ForwardedConnection forwarded)
    {
        Entry.MoveTo(forwarded.Node, Math.Max(forwarded.Epoch, Epoch), Stack.Now);
        Stack.Handoffs.Forward(Entry.Id.Value, forwarded);
        Loop.Announcer?.Move(Entry.Flow);
    }

    /// <summary>An upload that a handoff needs has ended.</summary>
    private void GoOnWithHandoff(MigrationOutcome outcome)
    {
        if (_pendingHandoff is not { } pending) return;
        _pendingHandoff = null;
        if (outcome == MigrationOutcome.RolledBack)
        {
            pending.Requester?.Tell(new StackProtocol.Failed(
                FailureCode.NotNow, $"connection {Entry.Id} did not leave {Entry.RunsOn}; see its last migration"));
            return;
        }

        Self.Tell(new ConnectionProtocol.HandOff(pending.Node, pending.Trigger), pending.Requester ?? ActorRefs.NoSender);
    }

    /// <summary>A handoff that waits for an upload.</summary>
    private sealed record PendingHandoff(string Node, MigrationTrigger Trigger, IActorRef? Requester);
}
