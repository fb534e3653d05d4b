using ActorStack.Actors.Migration;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Host;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>The actor exists, and waits for the message <c>Begin</c>.</summary>
internal sealed class Beginning(ConnectionActor actor) : ConnectionBehaviour(actor)
{
    private PendingOwner? _early;

    public override ConnectionPhase Phase => ConnectionPhase.Handshaking;

    public override TcpState State => TcpState.Closed;

    protected override string WhyNotMoved => Handshaking.TryLater;

    public override EngineConnectionInfo Info() => default;

    public void Begin()
    {
        var pending = Entry.Take();
        if (Entry.Arrival is { } arrival) Arrive(arrival, pending);
        else if (Entry.Open is { } open) Connect(open);
        else if (pending.First is { } first) Accept(first, pending);
        else throw new InvalidOperationException($"connection {Entry.Id} has neither a SYN nor a destination");
    }

    public override void OnBurst(SegmentBurst burst) => burst.Recycle();

    public override void AfterEnd(Exception? error)
    {
        if (Entry.Open is { } open) Connecting.TellNotOpened(Actor, open, error);
    }

    /// <summary>Answers the peer's SYN.</summary>
    private void Accept(FirstSegment first, PendingOwner pending)
    {
        var now = Stack.Now;
        var flow = Entry.Flow;
        var iss = first.Cookie?.Iss ?? first.Iss ?? Stack.Host.Sequences.Next(flow, now);
        var tcp = TcpConnection.Accept(
            flow, first.Segment, Entry.Tcp, Actor.Buffers.Send, Actor.Buffers.Receive, iss,
            Stack.Host.Sequences.TimestampOffset(flow), now, first.FastOpen);
        Actor.PreparePath(tcp, now);
        var accepting = new Accepting(Actor, tcp);
        Actor.Enter(accepting);
        Actor.TraceFromTheStart();

        // The host sent the SYN,ACK with the cookie before.
        if (first.Cookie is { } cookie) tcp.OnCookieAcknowledged(cookie.Acknowledge(first.Segment), now);
        tcp.OnBurstEnd(now);
        accepting.Settle(now);
        if (Actor.Behaviour is RunningBehaviour running) running.Feed(pending.Held);
        pending.Release();
    }

    /// <summary>Prepares for a connection of another node.</summary>
    private void Arrive(ArrivalOrder arrival, PendingOwner pending)
    {
        Actor.NoteArrival(arrival);
        _early = pending;
        Actor.Step(new MigrationInput.Arrive(arrival.Node, arrival.Epoch, new MigrationTrigger.Handoff(arrival.Node)));
    }

    public override void Prepare(MigrationClaim claim, CurrentMigration migration)
    {
        if (_early is { } early) migration.Hold(early, Loop.Counters);
        var arriving = new Arriving(Actor, new IncomingHandoff(Entry.Id.Value, Entry.Arrival!), migration);
        Actor.Enter(arriving);
        arriving.PassHeld();
    }

    /// <summary>Sends our SYN.</summary>
    private void Connect(ActiveOpen open)
    {
        var now = Stack.Now;
        var flow = Entry.Flow;
        var attempt = Entry.Tcp.Options.FastOpenConnect ? Stack.Host.FastOpens.Find(flow.Remote.Address, now) : null;
        var tcp = TcpConnection.Connect(
            flow, Entry.Tcp, Actor.Buffers.Send, Actor.Buffers.Receive, open.Iss ?? Stack.Host.Sequences.Next(flow, now),
            Stack.Host.Sequences.TimestampOffset(flow), now, attempt);
        WriteFirst(open.FirstData);
        Actor.PreparePath(tcp, now);
        var connecting = new Connecting(Actor, tcp, open);
        Actor.Enter(connecting);
        Entry.Open = null;
        Actor.TraceFromTheStart();
        connecting.Settle(now);
    }

    /// <summary>
    /// Writes the first payload before the SYN is sent, so that Fast Open can put that payload into the SYN (RFC 7413).
    /// </summary>
    private void WriteFirst(ReadOnlyMemory<byte> data)
    {
        if (data.IsEmpty) return;
        var flush = Actor.Buffers.Application.Output.WriteAsync(data);
        if (flush.IsCompleted) flush.GetAwaiter().GetResult(); // otherwise the application's next flush waits
        Actor.Buffers.Send.Refresh();
    }
}
