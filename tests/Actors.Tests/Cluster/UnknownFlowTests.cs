using ActorStack.Actors.Cluster.Directory;
using ActorStack.Actors.Migration;
using ActorStack.Actors.Tests.Support;
using ActorStack.Actors.Tests.Support.Cluster;
using ActorStack.TestKit.Cluster;
using ActorStack.Transport.State;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Cluster;

/// <summary>Segments reach any node of the cluster, and find the node that has their connection.</summary>
public sealed class UnknownFlowTests : ClusterTest
{
    private static readonly string[] Nodes = ["a", "b", "c"];

    /// <summary>Longer than owners need to announce their flows after a change of membership.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData(Server)]
    [InlineData(ServerIPv6)]
    public void A_connection_goes_on_where_its_segments_reach_another_node(string server)
    {
        Start();
        var connection = Connect(EchoPort, server);
        EchoRoundTrip(connection, 10_000);
        Fabric.Entrance = "b";
        connection.Write(50_000, Time);
        AwaitEcho(connection);
        Assert.Equal(0, connection.Tcp.Info.Retransmissions);
        AssertNoReset();
        Assert.True(Fabric.IsSteered("b"));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void No_byte_is_lost_and_no_connection_reset_while_every_step_may_find_another_node(int seed)
    {
        UseCluster(new SimulatedClusterSettings
        {
            Seed = seed,
            LeastDelay = TimeSpan.FromMilliseconds(0.1),
            GreatestDelay = TimeSpan.FromMilliseconds(5),
        });
        Start();
        var random = new Random(seed);
        Fabric.Route = _ => Nodes[random.Next(Nodes.Length)];
        var connections = Enumerable.Range(0, 8)
            .Select(i => Peer.Connect(i % 2 == 0 ? Server : ServerIPv6, EchoPort)).ToList();
        for (var step = 0; step < 20; step++)
        {
            connections[random.Next(connections.Count)].Write(random.Next(1, 30_000), Time);
            Advance(TimeSpan.FromMilliseconds(random.Next(40)));
            if (step % 5 == 4) HandOffOne(random);
        }

        foreach (var connection in connections) AwaitEcho(connection);
        foreach (var connection in connections) connection.Close(Time);
        PumpInTime(() => connections.TrueForAll(one => one.HasReadAll), TimeSpan.FromMinutes(5), "the ends");
        AssertNoReset();
        Assert.Equal(0, Fabric.Expired);
    }

    [Fact]
    public void The_last_segment_of_a_handshake_may_reach_another_node_than_the_first()
    {
        Start();
        var packets = 0;
        Fabric.Route = _ => Nodes[packets++ % Nodes.Length];
        var connection = Peer.Connect(Server, EchoPort);
        connection.Write(5_000, Time);
        AwaitEcho(connection);
        AssertNoReset();
        Assert.Single(ConnectionsOf("a"));
    }

    [Fact]
    public void A_segment_that_no_node_knows_gets_a_reset_after_the_second_answer()
    {
        Start();
        Peer.Send(Segment("10.0.0.77", 9_000, EchoPort, TcpFlags.Ack, 100, 555));
        Settle();
        Assert.Equal(0, Peer.ResetsReceived);
        Advance(TimeSpan.FromSeconds(1));
        var reset = Assert.Single(Fabric.Sent, segment => (segment.Flags & TcpFlags.Rst) != 0);
        Assert.Equal(555u, reset.Sequence);
    }

    [Fact]
    public void A_connection_that_was_never_announced_is_found_before_a_reset()
    {
        Start();
        Cluster.Loses = message => message.Message is FlowMessage.Announce;
        var connection = Connect(EchoPort);
        EchoRoundTrip(connection, 1_000);
        Advance(TimeSpan.FromSeconds(1));
        foreach (var entrance in (string[])["b", "c"])
        {
            Fabric.Entrance = entrance;
            connection.Write(1_000, Time);
            AwaitEcho(connection);
        }

        AssertNoReset();
    }

    [Fact]
    public void A_reset_of_the_peer_reaches_the_owner_by_way_of_another_node()
    {
        Start();
        var connection = Connect(EchoPort);
        EchoRoundTrip(connection, 1_000);
        Advance(TimeSpan.FromSeconds(1));
        Fabric.Entrance = "c";
        connection.Abort(Time);
        PumpInTime(() => ConnectionsOf("a").Count == 0, TimeSpan.FromSeconds(10), "the end");
        AssertNoReset();
    }

    [Fact]
    public void Without_an_answer_that_counts_there_is_silence_and_the_peer_asks_again()
    {
        Start();
        var connection = Connect(EchoPort);
        EchoRoundTrip(connection, 1_000);
        Advance(TimeSpan.FromSeconds(1));
        Cluster.Loses = message => message.Message is FlowMessage.Found;
        Fabric.Entrance = "b";
        connection.Write(1_000, Time);
        Advance(TimeSpan.FromSeconds(3));
        AssertNoReset();
        Cluster.Loses = null;
        AwaitEcho(connection);
        AssertNoReset();
    }

    [Fact]
    public void What_a_dead_node_alone_had_ends_with_a_reset_when_another_node_is_asked()
    {
        Start();
        var connection = Connect(EchoPort);
        EchoRoundTrip(connection, 1_000);
        Fabric.Entrance = "b";
        EchoInTime(connection, 1_000);
        Assert.True(Fabric.IsSteered("b"));
        Cluster.Crash("a");
        Fabric.LinkOf("a").IsDead = true;
        connection.Write(1, Time);
        Advance(TimeSpan.FromSeconds(5));
        AssertNoReset();
        PumpInTime(() => connection.State == TcpState.Closed, TimeSpan.FromMinutes(2), "the reset");
        Assert.False(Fabric.IsSteered("b"));
    }

    [Fact]
    public void A_node_that_hands_its_connections_over_and_leaves_is_not_missed()
    {
        Start();
        var connection = Connect(EchoPort);
        EchoRoundTrip(connection, 1_000);
        Fabric.Entrance = "c";
        EchoInTime(connection, 1_000);
        Assert.Equal(MigrationOutcome.Completed, HandOffInTime("a", "b").Outcome);
        EchoInTime(connection, 1_000);
        Cluster.Leave("a");
        Fabric.LinkOf("a").IsDead = true;
        EchoInTime(connection, 10_000);
        Assert.Single(ConnectionsOf("b"));
        AssertNoReset();
    }

    [Fact]
    public void An_owner_that_is_no_node_and_answers_to_questions_that_nobody_asked_change_nothing()
    {
        Start();
        var connection = Connect(EchoPort);
        EchoRoundTrip(connection, 1_000);
        var hostile = Cluster.Join("hostile");
        Advance(Settling);
        var flow = new FlowKey(connection.Tcp.Flow.Remote, connection.Tcp.Flow.Local);
        for (var number = -5; number < 200; number++)
            hostile.Send("b", new FlowMessage.Found([new FlowAnswer(number, "nobody", long.MaxValue, true)]));
        foreach (var node in Nodes)
        {
            hostile.Send(node, new FlowMessage.Withdraw([new FlowEpoch(flow, long.MaxValue)]));
            hostile.Send(node, new FlowMessage.Find([new FlowQuestion(long.MinValue, flow)]));
        }

        Fabric.Entrance = "b";
        EchoInTime(connection, 10_000);
        AssertNoReset();
    }

    [Fact]
    public void A_holder_of_the_slot_that_is_removed_takes_no_connection_with_it()
    {
        Start();
        var connections = Enumerable.Range(0, 20).Select(_ => Connect(EchoPort)).ToList();
        foreach (var connection in connections) EchoRoundTrip(connection, 500);
        Advance(TimeSpan.FromSeconds(1));
        Cluster.Crash("c");
        Fabric.Entrance = "b";
        foreach (var connection in connections) connection.Write(500, Time);
        Advance(TimeSpan.FromSeconds(12));
        foreach (var connection in connections) connection.Write(500, Time);
        foreach (var connection in connections) AwaitEcho(connection);
        AssertNoReset();
    }

    [Fact]
    public void A_storm_of_unknown_flows_is_bounded_in_memory_and_messages_and_harms_no_connection()
    {
        UnknownFlows = UnknownFlows with { Flows = 100, Bytes = 100_000 };
        Start();
        var connection = Connect(EchoPort);
        var before = Cluster.Delivered.Count;
        for (var i = 0; i < 20_000; i++)
            Peer.Send(Segment($"10.0.{i % 200}.66", (ushort)(1_000 + i / 200), EchoPort, TcpFlags.Ack, 100, 555));
        Settle();
        Advance(TimeSpan.FromSeconds(1));
        Assert.InRange(Peer.ResetsReceived, 1, 100);
        Assert.InRange(Cluster.Delivered.Count - before, 1, 40);
        Assert.Equal(19_900, AskNode<StackStatistics>("a", StackProtocol.GetStatistics.Instance).Dropped["OwnerUnknown"]);
        EchoRoundTrip(connection, 10_000);
    }

    [Fact]
    public void Steering_ends_by_itself_when_the_connection_is_idle_or_has_ended()
    {
        Start();
        var connection = Connect(EchoPort);
        EchoRoundTrip(connection, 1_000);
        Fabric.Entrance = "b";
        EchoInTime(connection, 1_000);
        Advance(TimeSpan.FromMinutes(1) + TimeSpan.FromSeconds(1));
        Assert.False(Fabric.IsSteered("b"));
        EchoRoundTrip(connection, 1_000); // the owner is remembered, so that nothing waits for an answer
        Assert.True(Fabric.IsSteered("b"));
        Advance(TimeSpan.FromMinutes(3));
        Assert.False(Fabric.IsSteered("b"));
        EchoInTime(connection, 1_000);
        connection.Close(Time);
        PumpInTime(() => connection.HasReadAll, TimeSpan.FromMinutes(1), "the end");
        Advance(TimeSpan.FromMinutes(3));
        Assert.All(Nodes, node => Assert.False(Fabric.IsSteered(node)));
        AssertNoReset();
    }

    [Fact]
    public void A_fin_that_is_retransmitted_to_another_node_is_answered_from_time_wait()
    {
        StartNodes((_, _) => Task.CompletedTask, Nodes); // the service closes first
        Advance(Settling);
        var connection = Connect(EchoPort);
        Pump(() => connection.HasReadAll, "the end of the service's output");
        connection.Close(Time);
        Pump(() => connection.State == TcpState.Closed, "the end of the connection");
        Advance(TimeSpan.FromSeconds(1));
        Fabric.Entrance = "b";
        var (last, count) = (Peer.Segments[^1], Fabric.Sent.Count);
        Peer.Send(Segment(
            "10.0.0.1", connection.Tcp.Flow.Local.Port, EchoPort, TcpFlags.Fin | TcpFlags.Ack, last.Acknowledgment.Value - 1,
            last.Sequence.Value));
        Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(("a", TcpFlags.Ack), Assert.Single(Fabric.Sent.Skip(count)) is var sent ? (sent.Node, sent.Flags) : default);
        Advance(TimeSpan.FromMinutes(3));
        Assert.All(Nodes, node => Assert.Equal(0, HeldBy(node)));
    }

    [Fact]
    public void Nodes_that_forward_a_flow_to_each_other_by_mistake_do_not_do_so_for_ever()
    {
        Start();
        var flow = new FlowKey(
            new TcpEndpoint(IpAddress.Parse(Server), EchoPort), new TcpEndpoint(IpAddress.Parse("10.0.0.77"), 9_000));
        var (b, c) = (Fabric.ForwarderOf("b"), Fabric.ForwarderOf("c"));
        b.Steer(flow, "c");
        c.Steer(flow, "b");
        Fabric.Entrance = "b";
        Peer.Send(Segment("10.0.0.77", 9_000, EchoPort, TcpFlags.Ack, 100, 555));
        Settle();
        Assert.Equal(1, Fabric.Expired);
        Assert.InRange(Fabric.Forwarded, 1, 64);
    }

    private void Start()
    {
        StartNodes(Applications.MovableEcho, Nodes);
        Advance(Settling);
    }

    /// <summary>
    /// Tries a handoff; one that is given up, because another thread is late, leaves the connection where it was.
    /// </summary>
    private void HandOffOne(Random random)
    {
        var owned = Nodes
            .SelectMany(node => ConnectionsOf(node).Where(one => one.Phase == "Software").Select(one => (node, one.Id))).ToList();
        if (owned.Count == 0) return;
        var (from, id) = owned[random.Next(owned.Count)];
        var to = Nodes.Where(node => node != from).ElementAt(random.Next(2));
        AwaitInTime(StartNode(from, new StackProtocol.HandOff(id, to)), $"the handoff of {id}");
    }

    private void EchoInTime(PeerConnection connection, int count)
    {
        connection.Write(count, Time);
        AwaitEcho(connection);
    }

    private void AwaitEcho(PeerConnection connection)
    {
        PumpInTime(
            () => connection.Received.Count == connection.Written, TimeSpan.FromMinutes(5),
            $"the echo; {connection.Received.Count} of {connection.Written} bytes came");
        VerifyEcho(connection, (int)connection.Written);
    }

    private void AssertNoReset() => Assert.DoesNotContain(Fabric.Sent, segment => (segment.Flags & TcpFlags.Rst) != 0);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];
}
