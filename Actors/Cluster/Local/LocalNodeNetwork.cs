using System.Collections.Concurrent;
using ActorStack.Actors.Cluster.Channel;
using Akka.Event;

namespace ActorStack.Actors.Cluster.Local;

/// <summary>
/// The processes of one machine as nodes, each at the other end of a <see cref="NodeChannel"/>. The kernel tells who is alive: a
/// process whose channel broke, and which lives, stays a node, because it may emit segments; messages to it are dropped. A
/// process that has ended emits nothing, so that no process needs a lease.
/// </summary>
/// <param name="self">This process.</param>
internal sealed class LocalNodeNetwork(ClusterNode self) : INodeNetwork, IDisposable
{
    private readonly ConcurrentDictionary<string, Peer> _peers = new();
    private readonly Lock _gate = new();
    private INodeObserver[] _observers = [];

    public string Self => self.Name;

    public bool IsCluster => false;

    public IReadOnlyCollection<ClusterNode> Nodes => [self, .. _peers.Values.Select(peer => peer.Node)];

    public bool MayEmit => true;

    /// <summary>Logs channels that fail. Set before the first peer joins.</summary>
    public ILoggingAdapter? Log { get; set; }

    public long? ConnectionsOf(string node) => null;

    public NodeWork? WorkOf(string node) => null;

    /// <summary>The connections of this process.</summary>
    public Func<long> CountConnections { get; private set; } = static () => 0;

    public void Report(Func<long> connections, Func<NodeWork> work) => CountConnections = connections;

    public void Send(string node, NodeMessage message)
    {
        if (_peers.TryGetValue(node, out var peer)) peer.Channel.Send(message);
    }

    public void Attach(INodeObserver observer)
    {
        lock (_gate)
        {
            foreach (var peer in _peers.Values) observer.OnNodeJoined(peer.Node);
            _observers = [.. _observers, observer];
        }
    }

    /// <summary>Delivers nothing to the observer any more.</summary>
    public void Detach(INodeObserver observer)
    {
        lock (_gate) _observers = [.. _observers.Where(one => one != observer)];
    }

    /// <summary>
    /// Another process is a node from now on. The thread that reads its channel, which has been started, calls the observers.
    /// </summary>
    /// <param name="node">The process; its name is unique among the processes of the machine.</param>
    /// <param name="channel">The way to it, which the network owns from now on.</param>
    /// <param name="ended">Ends when the process has ended.</param>
    /// <exception cref="InvalidOperationException">There is a node of this name.</exception>
    public void Join(ClusterNode node, NodeChannel channel, Task ended)
    {
        var peer = new Peer(node, channel);
        lock (_gate)
        {
            if (node.Name == self.Name || !_peers.TryAdd(node.Name, peer))
                throw new InvalidOperationException($"there is a process with the name {node.Name} already");
            foreach (var observer in _observers) observer.OnNodeJoined(node);
            channel.Receive = message => Deliver(node.Name, message);
        }

        _ = WatchAsync(peer, ended);
    }

    public void Dispose()
    {
        foreach (var peer in _peers.Values) peer.Channel.Dispose();
    }

    /// <summary>The last message of a process is delivered before the observers hear that the process is gone.</summary>
    private async Task WatchAsync(Peer peer, Task ended)
    {
        if (await Task.WhenAny(peer.Channel.Ended, ended) == ended) peer.Channel.EndReading();
        if (await peer.Channel.Ended is { } failure)
            Log?.Error(failure, "The channel to {0} has failed; connections that were moving wait for its end", peer.Node.Name);
        await ended;
        lock (_gate)
        {
            _peers.TryRemove(peer.Node.Name, out _);
            foreach (var observer in _observers) observer.OnNodeRemoved(peer.Node);
        }
    }

    private void Deliver(string node, NodeMessage message)
    {
        foreach (var observer in Volatile.Read(ref _observers)) observer.OnMessage(node, message);
    }

    private sealed record Peer(ClusterNode Node, NodeChannel Channel);
}
