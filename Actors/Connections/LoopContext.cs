using ActorStack.Actors.Cluster;
using ActorStack.Actors.Cluster.Flows;
using ActorStack.Transport.Host;
using ActorStack.Transport.Links;
using ActorStack.Transport.Timing;
using ActorStack.Transport.Wire;
using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>The data of one loop of a stack: a queue of the link, a TCP host, timers. Used on the loop's thread only.</summary>
internal sealed class LoopContext
{
    public LoopContext(StackShared stack, int index, string journal)
    {
        (Stack, Index, Journal) = (stack, index, journal);
        Link = stack.Cluster is { IsCluster: true } cluster ? new LeasedLink(stack.Queues[index], cluster) : stack.Queues[index];
        Host = new TcpHost(stack.Host, index);
        stack.Counters.Add(Host.Counters);
        Engaging = stack.Engaging[index];
        if (stack.Settings.Directory is not { } directory) return;
        Announcer = new FlowAnnouncer(directory, Host);
        UnknownFlows = new UnknownFlows(stack, index, Host, stack.Cluster!, directory, stack.Forwarder!);
    }

    public StackShared Stack { get; }

    /// <summary>The index of the loop, from 0.</summary>
    public int Index { get; }

    /// <summary>The plugin id of the journal of the loop's connections.</summary>
    public string Journal { get; }

    /// <summary>The queue of the link that the loop reads. In a cluster it sends only while the node holds its lease.</summary>
    public ILink Link { get; }

    /// <summary>The TCP host of the loop: everything except its connections.</summary>
    public TcpHost Host { get; }

    public TimerWheel Wheel { get; } = new();

    /// <summary>When the link was last read. What a connection waits for and came before, it has been told.</summary>
    public TimeSpan ReadAt { get; set; }

    /// <summary>Flows whose engines may take frames off the wire once every queue is drained.</summary>
    public EngagingFlows Engaging { get; }

    /// <summary>Tells the cluster which flows the loop has; null: there is no cluster.</summary>
    public FlowAnnouncer? Announcer { get; }

    /// <summary>Segments of flows that other nodes may have; null: there is no cluster.</summary>
    public UnknownFlows? UnknownFlows { get; }

    public SegmentBurstPool Bursts { get; } = new();

    public HostCounters Counters => Host.Counters;

    /// <summary>The segments of a flow that left the table, because another node had it, are this node's again.</summary>
    public void EndForwarding(in FlowKey flow)
    {
        Stack.Forwarder?.EndForwarding(flow);
        Announcer?.Forget(flow);
    }

    /// <summary>Asks the listener's actor for the actor of a connection whose flow was admitted or opened.</summary>
    public void Admit(FlowEntry entry, IActorRef listener)
    {
        if (entry.Arrival is null)
        {
            UnknownFlows?.Forget(entry.Flow);
            Announcer?.Begin(entry.Flow);
        }

        Stack.Connections.TryAdd(entry.Id.Value, entry);
        Stack.Forwarder?.Keep(entry.Flow);
        listener.Tell(new Admitted(entry), ActorRefs.NoSender);
    }
}
