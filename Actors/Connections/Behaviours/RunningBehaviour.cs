using ActorStack.Actors.Migration;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>
/// The software stack runs the connection. Each input goes to the connection, and then all segments that are due are sent.
/// </summary>
internal abstract class RunningBehaviour(ConnectionActor actor, TcpConnection tcp) : TcpBehaviour(actor, tcp)
{
    public override TimeSpan? NextDeadline => Tcp.NextDeadline;

    public override void OnBurst(SegmentBurst burst)
    {
        var now = Stack.Now;
        for (var i = 0; i < burst.Count; i++) Tcp.OnSegment(burst.Segment(i), now);
        Tcp.OnBurstEnd(now);
        burst.Recycle();
        Settle(now);
    }

    public override void OnIcmp(in IcmpMessage message)
    {
        var now = Stack.Now;
        Tcp.OnIcmp(message, now);
        Settle(now);
    }

    public override void OnTimer()
    {
        var now = Stack.Now;
        Tcp.OnTimer(now, Loop.ReadAt);
        Settle(now);
    }

    public override void Carry(MigrationOutput output)
    {
        if (output is MigrationOutput.Reset reset) Abort(reset.Why.ToString());
        else base.Carry(output);
    }

    /// <summary>
    /// Runs after every input: sends the segments that are due, handles the events of the connection, and arms the timer.
    /// </summary>
    public void Settle(TimeSpan now)
    {
        while (Tcp.TryTransmit(now, out var segment))
        {
            Loop.Link.SendBuffered(segment);
            Loop.Counters.SegmentsSent++;
            if (segment.Has(TcpFlags.Rst)) Loop.Counters.ResetsSent++;
        }

        Actor.Count(Tcp.Info);
        Actor.SharePath(Tcp, now);
        var events = Tcp.TakeEvents();
        var settled = (events & TcpEvents.Established) != 0 ? OnEstablished() : this;
        settled.EndIfOver(events, now);
    }

    /// <summary>Gives held frames to the software stack, in order, as one burst. The caller keeps the frames.</summary>
    public void Feed(IReadOnlyList<LinkFrame> frames)
    {
        if (frames.Count == 0) return;
        var now = Stack.Now;
        foreach (var frame in frames) Feed(frame, now);
        Tcp.OnBurstEnd(now);
        Settle(now);
    }

    protected void Feed(in LinkFrame frame, TimeSpan now)
    {
        PacketReader.Read(frame.Packet, frame.ChecksumVerified, frame.SegmentSize, out var packet);
        if (packet.Kind == PacketKind.Tcp) Tcp.OnSegment(packet.Tcp, now);
    }

    protected void Abort(string reason)
    {
        var now = Stack.Now;
        Tcp.Abort(new IOException(reason), now);
        Settle(now);
    }

    /// <summary>The connection is established enough for its application. Returns the behaviour that continues.</summary>
    protected virtual RunningBehaviour OnEstablished() => this;

    /// <summary>Called after an input where the connection continues.</summary>
    protected virtual void AfterSettling(TimeSpan now) => Actor.ArmTimer(now);

    private void EndIfOver(TcpEvents events, TimeSpan now)
    {
        // A connection opened by Fast Open is served while its handshake continues.
        if (Application is not null && Tcp.State is not (TcpState.SynReceived or TcpState.Closed)) Entry.EndHandshake();
        var isInTimeWait = Tcp.State is TcpState.TimeWait;
        if (isInTimeWait) Loop.Host.TimeWaits.Add(Tcp.Export(ExportScope.Bare, now), now);
        if (isInTimeWait || (events & TcpEvents.Closed) != 0) Actor.Step(new MigrationInput.ConnectionEnded(Tcp.Error));
        else AfterSettling(now);
    }
}
