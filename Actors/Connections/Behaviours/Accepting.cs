using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>The connection is being opened by the peer (passive open).</summary>
internal sealed class Accepting(ConnectionActor actor, TcpConnection tcp) : Handshaking(actor, tcp)
{
    public override void OnBurst(SegmentBurst burst)
    {
        if (Entry.Accepts.IsFull) Overflow(burst);
        else base.OnBurst(burst);
    }

    protected override void OnOpened(ConnectionContext application) => Entry.Accepts.Add(application);

    /// <summary>
    /// The accept queue is full: a segment that would complete the handshake is dropped, and the peer retransmits it.
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
