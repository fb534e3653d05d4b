using ActorStack.Transport.Host;
using ActorStack.Transport.Links;
using ActorStack.Transport.Timing;
using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>
/// What one loop of a stack has to itself: a queue of the link, a TCP host, timers. Belongs to the loop's thread alone.
/// </summary>
internal sealed class LoopContext(StackShared stack, int index)
{
    public StackShared Stack => stack;

    /// <summary>The loop's number, from 0.</summary>
    public int Index => index;

    /// <summary>The loop's queue.</summary>
    public ILink Link { get; } = stack.Queues[index];

    /// <summary>All of the TCP host but its connections.</summary>
    public TcpHost Host { get; } = new(stack.Host, index);

    public TimerWheel Wheel { get; } = new();

    /// <summary>Flows whose frames are all forwarded to their engines once the queues are drained.</summary>
    public EngagingFlows Engaging { get; } = stack.Engaging[index];

    public SegmentBurstPool Bursts { get; } = new();

    public HostCounters Counters => Host.Counters;

    /// <summary>A flow was admitted or opened: its listener's actor makes the actor of its connection.</summary>
    public void Admit(FlowEntry entry, IActorRef listener)
    {
        stack.Connections.TryAdd(entry.Id.Value, entry);
        listener.Tell(new Admitted(entry), ActorRefs.NoSender);
    }
}
