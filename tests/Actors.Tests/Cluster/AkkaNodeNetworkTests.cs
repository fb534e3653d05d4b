using ActorStack.Actors.Cluster;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.Actors.Serialization.Messages;
using ActorStack.Actors.Tests.Support.Cluster;
using ActorStack.Tests.Common;
using Akka.Actor;
using Akka.Configuration;
using AkkaCluster = Akka.Cluster.Cluster;

namespace ActorStack.Actors.Tests.Cluster;

/// <summary>Real membership and remoting, each node with an actor system of its own in this process.</summary>
public sealed class AkkaNodeNetworkTests : IAsyncLifetime
{
    private readonly List<ClusterSystem> _nodes = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
    }

    [Fact]
    public async Task Members_know_each_other_by_name_and_share_one_secret()
    {
        await StartAsync("a", "b", "c");
        foreach (var node in _nodes)
        {
            Assert.Equal(["a", "b", "c"], node.Network.Nodes.Select(other => other.Name).Order());
            Assert.Equal(_nodes[0].Network.Secret, node.Network.Secret);
            Assert.True(node.Network.Secret.Length >= 16);
            await UntilAsync(() => node.Network.MayEmit);
        }
    }

    [Fact]
    public async Task Messages_arrive_in_the_order_of_their_sending()
    {
        await StartAsync("a", "b");
        for (var epoch = 0; epoch < 1_000; epoch++) _nodes[0].Network.Send("b", new HandoffMessage.Prepared("a-1-1", epoch));
        for (var epoch = 0; epoch < 1_000; epoch++)
            Assert.Equal(("a", new HandoffMessage.Prepared("a-1-1", epoch)), await _nodes[1].Observer.MessageAsync());
    }

    [Fact]
    public async Task A_message_larger_than_a_frame_arrives_whole_and_in_its_place()
    {
        await StartAsync("a", "b");
        var record = new byte[3_000_000];
        new Random(1).NextBytes(record);
        _nodes[0].Network.Send("b", new HandoffMessage.Prepared("a-1-1", 1));
        _nodes[0].Network.Send("b", new HandoffMessage.Transfer("a-1-1", 2, record, [1], 5));
        _nodes[0].Network.Send("b", new HandoffMessage.Released("a-1-1", 3));
        Assert.IsType<HandoffMessage.Prepared>((await _nodes[1].Observer.MessageAsync()).Message);
        var transfer = Assert.IsType<HandoffMessage.Transfer>((await _nodes[1].Observer.MessageAsync()).Message);
        Assert.Equal(record, transfer.Record);
        Assert.IsType<HandoffMessage.Released>((await _nodes[1].Observer.MessageAsync()).Message);
    }

    [Fact]
    public async Task Whole_messages_of_the_greatest_length_fit_into_a_frame()
    {
        await StartAsync("a", "b");
        var room = PartSender.WholeLength - NodeMessageCodec.Length(new HandoffMessage.Chunk("a-1-1", 1, []));
        foreach (var length in (int[])[room, room + 1])
        {
            _nodes[0].Network.Send("b", new HandoffMessage.Chunk("a-1-1", 1, new byte[length]));
            var chunk = Assert.IsType<HandoffMessage.Chunk>((await _nodes[1].Observer.MessageAsync()).Message);
            Assert.Equal(length, chunk.Bytes.Length);
        }
    }

    [Fact]
    public async Task A_message_beyond_the_largest_fails_where_it_is_sent()
    {
        await StartAsync("a", "b");
        var tooLarge = new HandoffMessage.Transfer("a-1-1", 1, new byte[NodeMessageCodec.MaximumLength], [], 0);
        var error = Assert.Throws<ArgumentException>(() => _nodes[0].Network.Send("b", tooLarge));
        Assert.Contains("larger than", error.Message);
    }

    [Fact]
    public async Task A_message_to_a_node_that_is_no_member_is_dropped_and_one_to_itself_arrives()
    {
        await StartAsync("a");
        _nodes[0].Network.Send("nobody", new HandoffMessage.Prepared("a-1-1", 1));
        _nodes[0].Network.Send("a", new HandoffMessage.Prepared("a-1-1", 2));
        Assert.Equal(("a", new HandoffMessage.Prepared("a-1-1", 2)), await _nodes[0].Observer.MessageAsync());
    }

    [Fact]
    public async Task A_node_that_leaves_is_removed_for_the_others_after_its_lease()
    {
        await StartAsync(settings => settings with { Lease = TimeSpan.FromSeconds(3) }, "a", "b", "c");
        await _nodes[2].LeaveAsync();
        Assert.Equal("c", (await _nodes[0].Observer.RemovedAsync()).Name);
        Assert.Equal("c", (await _nodes[1].Observer.RemovedAsync()).Name);
        Assert.Equal(["a", "b"], _nodes[0].Network.Nodes.Select(node => node.Name).Order());
        Assert.False(_nodes[2].Network.MayEmit);
    }

    [Fact]
    public async Task The_last_member_keeps_the_lease()
    {
        await StartAsync("a", "b");
        await _nodes[1].LeaveAsync();
        await UntilAsync(() => _nodes[0].Network.Nodes.Count == 1);
        Assert.True(_nodes[0].Network.Lease.Holds(TimeSpan.FromDays(365)));
    }

    [Fact]
    public async Task The_later_of_two_members_with_one_name_is_refused()
    {
        await StartAsync("a", "b");
        var second = Add(ClusterSystem.Create("b"));
        AkkaCluster.Get(second.System).Join(_nodes[0].Address);
        var error = await Assert.ThrowsAsync<NodeNetworkException>(() => second.Network.Joined.WaitAsync(Patience.Limit));
        Assert.Contains("has a node b already", error.Message);
        Assert.Contains("--node", error.WhatToDo);
        Assert.False(second.Network.MayEmit);
        _nodes[0].Network.Send("b", new HandoffMessage.Prepared("a-1-1", 7));
        Assert.IsType<HandoffMessage.Prepared>((await _nodes[1].Observer.MessageAsync()).Message);
        Assert.False(second.Observer.HasMessage);
    }

    [Fact]
    public async Task A_node_that_starts_again_has_its_name_when_the_earlier_one_is_gone()
    {
        await StartAsync(settings => settings with { Lease = TimeSpan.FromSeconds(3) }, "a", "b");
        await _nodes[1].LeaveAsync();
        var again = Add(ClusterSystem.Create("b", adapt: settings => settings with { Incarnation = 2 }));
        AkkaCluster.Get(again.System).Join(_nodes[0].Address);
        Assert.Equal(1, (await _nodes[0].Observer.RemovedAsync()).Incarnation);
        Assert.Equal(2, (await _nodes[0].Observer.JoinedAsync()).Incarnation);
        Assert.Equal(_nodes[0].Network.Secret, again.Network.Secret);
    }

    [Fact]
    public async Task A_sender_that_is_no_member_is_refused()
    {
        await StartAsync("a", "b");
        var stranger = Add(ClusterSystem.Create("c"));
        var target = new RootActorPath(_nodes[0].Address) / "system" / NodeActor.Name;
        stranger.System.ActorSelection(target).Tell(new HandoffMessage.Prepared("a-1-1", 1), stranger.System.DeadLetters);
        var answers = new TaskCompletionSource<object>();
        stranger.System.ActorSelection(target).Tell(NodeProtocol.AskSecret.Instance, Recorder(stranger.System, answers));
        _nodes[1].Network.Send("a", new HandoffMessage.Prepared("b-1-1", 2));
        Assert.Equal(("b", new HandoffMessage.Prepared("b-1-1", 2)), await _nodes[0].Observer.MessageAsync());
        Assert.False(answers.Task.IsCompleted);
    }

    [Fact]
    public async Task A_message_that_cannot_be_read_is_refused_by_its_name()
    {
        await StartAsync("a", "b");
        var late = new NodeProtocol.Part(1, 0, 3, "handoff-transfer/9", new byte[] { 1, 2, 3 });
        _nodes[0].Network.Send("b", late);
        var (node, answer) = await _nodes[0].Observer.MessageAsync();
        Assert.Equal("b", node);
        Assert.Equal("handoff-transfer/9", Assert.IsType<NodeMessage.Unknown>(answer).Manifest);
        Assert.False(_nodes[1].Observer.HasMessage);
    }

    [Fact]
    public async Task An_observer_that_fails_does_not_keep_the_others_from_hearing()
    {
        var failing = Add(ClusterSystem.Create("a"));
        failing.Network.Attach(new FailingObserver());
        Add(ClusterSystem.Create("b"));
        await ClusterSystem.FormAsync(_nodes);
        failing.Network.Attach(failing.Observer);
        for (var epoch = 1; epoch <= 2; epoch++)
        {
            _nodes[1].Network.Send("a", new HandoffMessage.Prepared("b-1-1", epoch));
            Assert.Equal(("b", new HandoffMessage.Prepared("b-1-1", epoch)), await failing.Observer.MessageAsync());
            Assert.Equal(("b", new HandoffMessage.Prepared("b-1-1", epoch)), await failing.Observer.MessageAsync());
        }
    }

    [Fact]
    public async Task Heartbeats_tell_the_connections_and_the_work_of_each_node()
    {
        await StartAsync("a", "b");
        var work = new NodeWork(1_000_000, TimeSpan.FromSeconds(3));
        _nodes[1].Network.Report(() => 42, () => work);
        await UntilAsync(() => _nodes[0].Network.Snapshots.Any(node => node is { Name: "b", Connections: 42, Status: "up" }));
        await UntilAsync(() => _nodes[0].Network.WorkOf("b") == work);
        Assert.Null(_nodes[0].Network.WorkOf("c"));
        Assert.Contains(_nodes[0].Network.Snapshots, node => node is { Name: "a", IsSelf: true, Status: "up" });
    }

    [Theory]
    [InlineData("akka.cluster.downing-provider-class = \"\"", "split-brain")]
    [InlineData(
        "akka.cluster { split-brain-resolver.stable-after = 1s, failure-detector.acceptable-heartbeat-pause = 1s }", "lease")]
    [InlineData("akka.remote.dot-netty.tcp.maximum-frame-size = 32000b", "maximum-frame-size")]
    public void Settings_that_do_not_keep_one_emitter_are_refused_at_the_start(string overrides, string named)
    {
        var error = Assert.Throws<ConfigurationException>(() => ClusterSystem.Create("a", overrides));
        Assert.Contains(named, error.Message);
    }

    private static IActorRef Recorder(ActorSystem system, TaskCompletionSource<object> answers) =>
        system.ActorOf(Props.Create<AnswerRecorder>(answers));

    /// <summary>Waits for what no call reports.</summary>
    private static async Task UntilAsync(Func<bool> condition)
    {
        var limit = Patience.Token();
        while (!condition()) await Task.Delay(TimeSpan.FromMilliseconds(10), limit);
    }

    private Task StartAsync(params string[] names) => StartAsync(settings => settings, names);

    private Task StartAsync(Func<NodeNetworkSettings, NodeNetworkSettings> adapt, params string[] names)
    {
        foreach (var name in names) Add(ClusterSystem.Create(name, adapt: adapt));
        return ClusterSystem.FormAsync(_nodes);
    }

    private ClusterSystem Add(ClusterSystem node)
    {
        _nodes.Add(node);
        return node;
    }

    private sealed class FailingObserver : INodeObserver
    {
        public void OnMessage(string node, NodeMessage message) => throw new InvalidOperationException("planted");

        public void OnNodeJoined(ClusterNode node) => throw new InvalidOperationException("planted");

        public void OnNodeRemoved(ClusterNode node) => throw new InvalidOperationException("planted");
    }

    private sealed class AnswerRecorder(TaskCompletionSource<object> answers) : UntypedActor
    {
        protected override void OnReceive(object message) => answers.TrySetResult(message);
    }
}
