using ActorStack.Actors.Cluster.Directory;
using ActorStack.Transport.Host;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Cluster.Flows;

/// <summary>
/// Announces the flows of one loop to the directory over their whole life: from the handshake, because its last segment may come
/// to another node, to the end of TIME-WAIT, because the peer may retransmit its FIN (RFC 9293 section 3.4.2).
/// </summary>
internal sealed class FlowAnnouncer(IFlowDirectory directory, TcpHost host)
{
    private readonly Queue<(TimeSpan Due, FlowKey Flow)> _remembered = new();

    /// <summary>The time of the next <see cref="OnTime"/>; null: nothing waits.</summary>
    public TimeSpan? NextDeadline => _remembered.TryPeek(out var next) ? next.Due : null;

    /// <summary>A handshake has begun.</summary>
    public void Begin(in FlowKey flow) => directory.Announce(flow, FlowRank.HalfOpen);

    /// <summary>This node has the established connection, with this epoch.</summary>
    public void Own(in FlowKey flow, long epoch) => directory.Announce(flow, epoch);

    /// <summary>
    /// This node forwards segments of the flow to the node that has the connection by now. Until that node has announced it, the
    /// segments may come here.
    /// </summary>
    public void Move(in FlowKey flow) => directory.Announce(flow, FlowRank.Remembered);

    /// <summary>The connection is over, and perhaps in TIME-WAIT.</summary>
    public void End(in FlowKey flow, TimeSpan now)
    {
        if (!host.TimeWaits.Contains(flow, now))
        {
            directory.Withdraw(flow);
            return;
        }

        directory.Announce(flow, FlowRank.Remembered);
        _remembered.Enqueue((now + host.Tcp.TimeWait, flow));
    }

    /// <summary>This node forwards segments of the flow no more.</summary>
    public void Forget(in FlowKey flow) => directory.Withdraw(flow);

    /// <summary>
    /// Withdraws the flows whose TIME-WAIT has ended. A retransmitted FIN begins it anew, and a SYN may have opened the flow
    /// again.
    /// </summary>
    public void OnTime(TimeSpan now)
    {
        while (_remembered.TryPeek(out var next) && next.Due <= now)
        {
            _remembered.Dequeue();
            if (!host.Has(next.Flow)) End(next.Flow, now);
        }
    }
}
