using ActorStack.Actors.Cluster;
using ActorStack.Actors.Cluster.Channel;
using ActorStack.Actors.Cluster.Local;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.Tests.Common;

namespace ActorStack.Actors.Tests.Cluster.Local;

public sealed class LocalNodeNetworkTests : IDisposable, INodeObserver
{
    private static readonly ClusterNode Other = new("process-2", 5, "process 2", "");

    private readonly SocketPair _sockets = new();
    private readonly LocalNodeNetwork _network = new(new ClusterNode("process-1", 4, "process 1", ""));
    private readonly NodeChannel _channel;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _removed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly MessageLog _heard = new();
    private readonly List<ClusterNode> _joined = [];

    public LocalNodeNetworkTests()
    {
        _channel = new NodeChannel(_sockets.Near);
        _channel.Start("near");
        _network.Attach(this);
    }

    public void Dispose()
    {
        _network.Dispose();
        _channel.Dispose();
        _sockets.Dispose();
    }

    [Fact]
    public void A_process_is_a_node_from_its_join_on_and_needs_no_lease()
    {
        Assert.Equal(["process-1"], _network.Nodes.Select(node => node.Name));
        Join();
        Assert.Equal(["process-1", "process-2"], _network.Nodes.Select(node => node.Name));
        Assert.Equal(Other, Assert.Single(_joined));
        Assert.True(_network.MayEmit);
    }

    [Fact]
    public async Task Messages_go_both_ways_and_those_to_nobody_are_dropped()
    {
        Join();
        using var peer = new NodeChannel(_sockets.Far) { Receive = _heard.Add };
        peer.Start("far");
        _network.Send("process-9", new HandoffMessage.Prepared("a-1-1", 9));
        _network.Send(Other.Name, new HandoffMessage.Prepared("a-1-1", 1));
        Assert.Equal([new HandoffMessage.Prepared("a-1-1", 1)], await _heard.TakeAsync(1));
        peer.Send(new HandoffMessage.Prepared("a-1-1", 2));
        await _heard.UntilAsync(message => message is HandoffMessage.Prepared { Epoch: 2 });
    }

    [Fact]
    public async Task A_process_that_lives_stays_a_node_though_its_channel_broke()
    {
        Join();
        _sockets.Far.Dispose();
        await _channel.Ended.WaitAsync(Patience.Limit);
        Assert.Contains(Other, _network.Nodes);
        Assert.False(_removed.Task.IsCompleted);
        _ended.SetResult();
        await _removed.Task.WaitAsync(Patience.Limit);
        Assert.DoesNotContain(Other, _network.Nodes);
    }

    [Fact]
    public async Task What_a_process_sent_before_its_end_is_delivered_before_it_is_removed()
    {
        using (var peer = new NodeChannel(_sockets.Far))
        {
            Join();
            for (var i = 0; i < 100; i++) peer.Send(new HandoffMessage.Prepared("a-1-1", i));
            _ended.SetResult();
            await _removed.Task.WaitAsync(Patience.Limit);
            Assert.Equal(100, _heard.Count);
        }
    }

    [Fact]
    public async Task A_process_that_has_ended_is_removed_though_somebody_holds_its_socket()
    {
        Join();
        _ended.SetResult();
        await _removed.Task.WaitAsync(Patience.Limit);
        Assert.True(_sockets.Far.Connected);
    }

    [Fact]
    public void Two_processes_of_one_name_are_refused()
    {
        Join();
        Assert.Throws<InvalidOperationException>(Join);
    }

    [Fact]
    public void An_observer_hears_first_of_the_processes_that_are_there()
    {
        Join();
        _joined.Clear();
        _network.Attach(this);
        Assert.Equal(Other, Assert.Single(_joined));
    }

    void INodeObserver.OnMessage(string node, NodeMessage message) => _heard.Add(message);

    void INodeObserver.OnNodeJoined(ClusterNode node) => _joined.Add(node);

    void INodeObserver.OnNodeRemoved(ClusterNode node) => _removed.TrySetResult();

    private void Join() => _network.Join(Other, _channel, _ended.Task);
}
