using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>The peer opens the connection.</summary>
internal sealed class Accepting(ConnectionActor actor, TcpConnection tcp) : Handshaking(actor, tcp)
{
    public override void OnBurst(SegmentBurst burst)
    {
        if (Entry.Accepts.IsFull) Overflow(burst);
        else base.OnBurst(burst);
    }

    protected override void OnOpened(ConnectionContext application) => Entry.Accepts.Add(application);

    /// <summary>
    /// Nobody could take the connection: what would complete the handshake or go on with it is dropped, for the peer to send
    /// again.
    /// </summary>
    private void Overflow(SegmentBurst burst)
    {
        var now = Stack.Now;
        for (var i = 0; i < burst.Count; i++)
        {
            ref readonly var segment = ref burst.Segment(i);
            if ((segment.Flags & (TcpFlags.Rst | TcpFlags.Syn)) != 0) Tcp.OnSegment(segment, now);
            else Loop.Counters.OverflowListener();
        }

        burst.Recycle();
        Settle(now);
    }
}
