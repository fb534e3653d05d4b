using ActorStack.Actors.Cluster;
using ActorStack.Transport.Host;
using ActorStack.Transport.Links;
using ActorStack.Transport.Timing;
using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>The data of one loop of a stack: a queue of the link, a TCP host, timers. Used on the loop's thread only.</summary>
internal sealed class LoopContext(StackShared stack, int index)
{
    public StackShared Stack => stack;

    /// <summary>The index of the loop, from 0.</summary>
    public int Index => index;

    /// <summary>The queue of the link that the loop reads. In a cluster it sends only while the node holds its lease.</summary>
    public ILink Link { get; } =
        stack.Cluster is { IsCluster: true } cluster ? new LeasedLink(stack.Queues[index], cluster) : stack.Queues[index];

    /// <summary>The TCP host of the loop: everything except its connections.</summary>
    public TcpHost Host { get; } = new(stack.Host, index);

    public TimerWheel Wheel { get; } = new();

    /// <summary>Flows whose engines may take frames off the wire once every queue is drained.</summary>
    public EngagingFlows Engaging { get; } = stack.Engaging[index];

    public SegmentBurstPool Bursts { get; } = new();

    public HostCounters Counters => Host.Counters;

    /// <summary>Asks the listener's actor for the actor of a connection whose flow was admitted or opened.</summary>
    public void Admit(FlowEntry entry, IActorRef listener)
    {
        stack.Connections.TryAdd(entry.Id.Value, entry);
        stack.Forwarder?.Keep(entry.Flow);
        listener.Tell(new Admitted(entry), ActorRefs.NoSender);
    }
}
