using System.Collections.Concurrent;
using ActorStack.Actors.Cluster.Directory;
using ActorStack.Actors.Connections;
using ActorStack.Transport.Host;
using ActorStack.Transport.Wire;
using Akka.Dispatch;

namespace ActorStack.Actors.Cluster.Flows;

/// <summary>
/// Segments of one loop that belong to no connection of this node, and may belong to one of another node: the directory is asked,
/// and the segments are held until it answers. Then they go to the owner, in order, and so does what follows, at kernel speed.
/// What no node has gets the answer of a host alone, a RST.
/// </summary>
/// <remarks>
/// <para>
/// A RST ends a connection for good, and silence costs a retransmission. What the holders of a slot know was announced to
/// them, and an announcement may be late. So a RST needs the word of every node that it does not have the flow, a moment after
/// the holders have said that they know of nobody. Without an answer that counts the segments are dropped: the peer sends them
/// again, and the node asks again.
/// </para>
/// <para>
/// Nodes that forward a flow to each other by mistake cannot do so for ever. A forwarded packet is routed, so that each node
/// takes one from its hop limit (RFC 1812 section 5.3.1, RFC 8200 section 3); and a node that owns a flow does not steer it.
/// </para>
/// <para>
/// Used on the loop's thread, except for the answers of the directory and the observer's calls, which are queued for it.
/// </para>
/// </remarks>
internal sealed class UnknownFlows : INodeObserver, IRunnable
{
    private readonly StackShared _stack;
    private readonly int _loop;
    private readonly TcpHost _host;
    private readonly INodeNetwork _network;
    private readonly IFlowDirectory _directory;
    private readonly INodeForwarder _forwarder;
    private readonly AskedFlows _asked;
    private readonly SteeredFlows _steered;
    private readonly ConcurrentQueue<(FlowKey Flow, FlowLookup Lookup)> _answers = new();
    private readonly ConcurrentQueue<string> _removed = new();
    private readonly Action<FlowKey, FlowLookup> _answered;
    private int _isScheduled;

    public UnknownFlows(
        StackShared stack, int loop, TcpHost host, INodeNetwork network, IFlowDirectory directory, INodeForwarder forwarder)
    {
        (_stack, _loop, _host, _network, _directory, _forwarder) = (stack, loop, host, network, directory, forwarder);
        var limits = stack.Settings.UnknownFlows.PartOf(stack.Queues.Count);
        _asked = new AskedFlows(limits);
        _steered = new SteeredFlows(forwarder, limits);
        _answered = OnAnswered;
    }

    /// <summary>
    /// Gets each frame whose flow no other node has, and owns it. Set before the first frame.
    /// </summary>
    public Action<LinkFrame>? Ownerless { get; set; }

    /// <summary>The time of the next <see cref="OnTime"/>; null: nothing waits.</summary>
    public TimeSpan? NextDeadline =>
        _asked.NextDeadline is { } asked && !(_steered.NextDeadline < asked) ? asked : _steered.NextDeadline;

    /// <summary>Takes over a frame whose flow is none of this node's.</summary>
    public void OnFrame(in FlowKey flow, in LinkFrame frame)
    {
        if (_steered.TryForward(flow, frame, out var isOnTrial))
        {
            if (isOnTrial) _directory.Find(flow, _answered);
        }
        else if (!_asked.TryHold(flow, frame, out var isNew))
        {
            _host.Counters.Drop(DropReason.OwnerUnknown);
        }
        else if (isNew)
        {
            _directory.Find(flow, _answered);
        }

        frame.Buffer.Release();
    }

    /// <summary>The flow has come to this node: its segments go nowhere else.</summary>
    public void Forget(in FlowKey flow) => _steered.Forget(flow);

    public void OnTime(TimeSpan now)
    {
        _steered.OnTime(now);
        while (_asked.TryTakeDoubted(now, out var flow)) _directory.Confirm(flow.Key, _answered);
    }

    public void OnMessage(string node, NodeMessage message)
    {
    }

    public void OnNodeJoined(ClusterNode node)
    {
    }

    public void OnNodeRemoved(ClusterNode node)
    {
        _removed.Enqueue(node.Name);
        Schedule();
    }

    /// <summary>Handles what other threads have queued, on the loop's thread.</summary>
    public void Run()
    {
        Volatile.Write(ref _isScheduled, 0);
        Interlocked.MemoryBarrier();
        while (_removed.TryDequeue(out var node)) _steered.ForgetNode(node);
        while (_answers.TryDequeue(out var answer)) OnAnswer(answer.Flow, answer.Lookup);
    }

    /// <inheritdoc/>
    public void Execute() => Run();

    private void OnAnswered(FlowKey flow, FlowLookup lookup)
    {
        _answers.Enqueue((flow, lookup));
        Schedule();
    }

    private void Schedule()
    {
        if (Interlocked.Exchange(ref _isScheduled, 1) == 0) _stack.HandOvers[_loop].TryExecute(this);
    }

    private void OnAnswer(in FlowKey key, in FlowLookup lookup)
    {
        if (!_asked.TryFind(key, out var flow)) _steered.OnAnswer(key, lookup, _network.Self);
        else if (_host.Has(key)) Refuse(flow);
        else if (lookup.Owner is { } owner) Forward(flow, owner);
        else if (!lookup.IsSettled) Drop(flow);
        else if (!flow.IsDoubted) _asked.Doubt(flow, _stack.Now);
        else Refuse(flow);
    }

    private void Forward(AskedFlow flow, string owner)
    {
        if (!_steered.TrySteer(flow.Key, owner, _stack.Now))
        {
            Drop(flow);
            return;
        }

        _asked.Remove(flow);
        foreach (var held in flow.Held)
        {
            var frame = held.ToFrame();
            _forwarder.Forward(flow.Key, owner, frame);
            frame.Buffer.Release();
        }
    }

    /// <summary>No other node has the flow; where this one has it by now, its connection gets the segments.</summary>
    private void Refuse(AskedFlow flow)
    {
        _asked.Remove(flow);
        foreach (var held in flow.Held) Ownerless!(held.ToFrame());
    }

    private void Drop(AskedFlow flow)
    {
        _asked.Remove(flow);
        _host.Counters.Drop(DropReason.OwnerUnknown, flow.Held.Count);
    }
}
