using ActorStack.Actors.Cluster;
using ActorStack.Actors.Cluster.Local;
using ActorStack.Actors.Connections;
using ActorStack.Transport.Wire;
using Akka.Actor;

namespace ActorStack.Actors.Migration.Handoff;

/// <summary>
/// Brings the messages of other nodes to the connections of this one, and answers for connections that are not here from the
/// <see cref="HandoffRegister"/>. The calls come on any thread.
/// </summary>
internal sealed class HandoffRouter(StackShared stack, INodeNetwork network, IActorRef stackActor) : INodeObserver
{
    public void OnMessage(string node, NodeMessage message)
    {
        switch (message)
        {
            case HandoffMessage handoff:
                OnHandoff(node, handoff);
                break;
            case TimeWaitMessage timeWaits:
                stackActor.Tell(new LoopProtocol.TimeWaits(timeWaits.Entries), ActorRefs.NoSender);
                break;
            case LocalProtocol.Prepared { HasCookies: true }:
                stack.Host.ExpectCookies(stack.Now);
                break;
            case LocalProtocol.Opened { Keys: var flows }:
                stack.Host.ReserveFlows(flows);
                break;
            case LocalProtocol.Done:
                stack.Host.ReleaseFlows();
                stackActor.Tell(LoopProtocol.Settle.Instance, ActorRefs.NoSender);
                break;
        }
    }

    public void OnNodeJoined(ClusterNode node)
    {
        if (!network.IsCluster) stackActor.Tell(StackActor.WarmUpHandoff.Instance, ActorRefs.Nobody);
    }

    /// <summary>
    /// Connections that were moving from or to the node go on without it. What it alone had is lost: segments of those
    /// connections are answered with a RST from now on.
    /// </summary>
    public void OnNodeRemoved(ClusterNode node)
    {
        foreach (var entry in stack.Connections.Values)
            entry.Actor?.Tell(new ConnectionProtocol.NodeRemoved(node.Name), ActorRefs.NoSender);
        foreach (var (connection, forwarded) in stack.Handoffs.ForwardedTo(node.Name))
            EndForwarding(connection, forwarded, atOnce: true);
        stack.Host.ReleaseFlows();
        stackActor.Tell(LoopProtocol.Settle.Instance, ActorRefs.NoSender);
    }

    private void OnHandoff(string node, HandoffMessage message)
    {
        if (message is HandoffMessage.Gone)
        {
            if (stack.Handoffs.FindForwarded(message.Connection) is { } forwarded
                && forwarded.Node == node && forwarded.Epoch == message.Epoch)
            {
                EndForwarding(message.Connection, forwarded, atOnce: false);
            }

            return;
        }

        if (stack.Connections.TryGetValue(message.Connection, out var entry))
        {
            // An actor that is about to be created finds the message in the answer to its own time limit.
            entry.Actor?.Tell(new ConnectionProtocol.FromNode(node, message), ActorRefs.NoSender);
            return;
        }

        var (arrives, answer, verdict) = HandoffReaction.To(message, stack.Handoffs.Find(message.Connection));
        if (arrives) Arrive(node, (HandoffMessage.Prepare)message);
        if (verdict is not null) stack.Handoffs.Remember(message.Connection, verdict);
        if (answer is not null) network.Send(node, answer);
    }

    private void Arrive(string node, HandoffMessage.Prepare prepare)
    {
        var order = new ArrivalOrder(node, prepare.Epoch, prepare.Offer);
        if (TcpEndpoint.TryParse(prepare.Offer.Local, out var local) && TcpEndpoint.TryParse(prepare.Offer.Remote, out var remote)
            && stack.Host.IsLocal(local.Address))
        {
            stackActor.Tell(new LoopProtocol.Arrive(prepare.Connection, new FlowKey(local, remote), order), ActorRefs.NoSender);
            return;
        }

        var detail = $"node {network.Self} does not have the address {prepare.Offer.Local}";
        stack.Handoffs.Remember(
            prepare.Connection, new HandoffVerdict.Refused(prepare.Epoch, HandoffRefusal.NoListener, detail));
        network.Send(
            node, new HandoffMessage.Refused(prepare.Connection, prepare.Epoch, HandoffRefusal.NoListener, detail));
    }

    /// <summary>
    /// Nothing of the connection needs to be forwarded any more, and the node that forwards to this one hears it.
    /// </summary>
    private void EndForwarding(string connection, ForwardedConnection forwarded, bool atOnce)
    {
        if (!stack.Handoffs.TryEndForwarding(connection, forwarded)) return;
        foreach (var arrival in forwarded.Entry.Arrivals)
            network.Send(arrival.Node, new HandoffMessage.Gone(connection, arrival.Epoch));
        stack.HandOvers[forwarded.Loop.Index].TryExecute(new EndOfForwarding(forwarded, atOnce));
    }
}
