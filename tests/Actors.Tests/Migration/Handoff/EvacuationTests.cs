using ActorStack.Actors.Cluster;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.Actors.Tests.Support;
using ActorStack.Actors.Tests.Support.Cluster;
using ActorStack.Transport.State;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Migration.Handoff;

/// <summary>A node gives all its connections to the others.</summary>
public sealed class EvacuationTests : ClusterTest
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public void Hundreds_of_echoing_connections_leave_a_node_and_none_is_lost()
    {
        StartNodes(Applications.MovableEcho, "a", "b", "c");
        var connections = ConnectMany(300);
        foreach (var connection in connections) connection.Write(7_001, Time);
        var drained = Drain("a");
        Assert.Equal((300, 0, 0), (drained.Moved, drained.Ended, drained.Stayed));
        Assert.Empty(ConnectionsOf("a"));
        Assert.Equal((150, 150), (ConnectionsOf("b").Count, ConnectionsOf("c").Count));
        foreach (var connection in connections) connection.Write(3_001, Time);
        VerifyAll(connections, 10_002);
    }

    [Fact]
    public void The_nodes_with_fewer_connections_get_more()
    {
        StartNodes(Applications.MovableEcho, "a", "b", "c");
        Fabric.Entrance = "b";
        ConnectMany(20);
        Fabric.Entrance = "a";
        ConnectMany(30);
        Assert.Equal(30, Drain("a").Moved);
        Assert.Equal((25, 25), (ConnectionsOf("b").Count, ConnectionsOf("c").Count));
    }

    [Fact]
    public void All_connections_go_to_the_node_that_is_named()
    {
        StartNodes(Applications.MovableEcho, "a", "b", "c");
        ConnectMany(10);
        Assert.Equal(10, Drain("a", "c").Moved);
        Assert.Equal((0, 10), (ConnectionsOf("b").Count, ConnectionsOf("c").Count));
    }

    [Fact]
    public void What_a_node_refuses_goes_to_another_one()
    {
        StartNodes(Applications.MovableEcho, "a", "c");
        StartNodesWithoutService("b");
        var connections = ConnectMany(40);
        var drained = Drain("a");
        Assert.Equal((40, 0), (drained.Moved, drained.Stayed));
        Assert.Equal(40, ConnectionsOf("c").Count);
        foreach (var connection in connections) connection.Write(1_000, Time);
        VerifyAll(connections, 1_000);
    }

    [Fact]
    public void What_every_node_refuses_stays_with_the_reason_and_goes_on()
    {
        StartNodes(Applications.MovableEcho, "a");
        StartNodesWithoutService("b", "c");
        var connections = ConnectMany(10);
        var drained = Drain("a");
        Assert.Equal((0, 10), (drained.Moved, drained.Stayed));
        Assert.All(drained.Reasons.Keys, reason => Assert.Contains("has no service 'echo'", reason));
        Assert.Equal(10, drained.Reasons.Values.Sum());
        foreach (var connection in connections) connection.Write(1_000, Time);
        VerifyAll(connections, 1_000);
    }

    [Fact]
    public void The_only_other_node_is_asked_again_and_takes_what_it_refused_before()
    {
        StartNodes(Applications.MovableEcho, "a");
        StartNodesWithoutService("b");
        var connections = ConnectMany(10);
        var drain = StartNode("a", new StackProtocol.Drain(null, Limit, Refuses: false));
        PumpInTime(() => OffersOf("a-1-1") == 2, Limit, "a second offer");
        Listen("b", new ListenerSettings("echo", EchoPort, Applications.MovableEcho) { IsMovable = true });
        var drained = Assert.IsType<StackProtocol.Drained>(AwaitInTime(drain, "the evacuation of a"));
        Assert.Equal((10, 0, 0), (drained.Moved, drained.Ended, drained.Stayed));
        foreach (var connection in connections) connection.Write(1_000, Time);
        VerifyAll(connections, 1_000);
    }

    [Fact]
    public void What_the_only_other_node_refuses_ten_times_stays_with_the_reason()
    {
        StartNodes(Applications.MovableEcho, "a");
        StartNodesWithoutService("b");
        ConnectMany(3);
        var drained = Drain("a");
        var (reason, count) = Assert.Single(drained.Reasons);
        Assert.Equal("NoListener: node b has no service 'echo'", reason);
        Assert.Equal((3, 10), (count, OffersOf("a-1-1")));
    }

    [Fact]
    public void What_still_waits_for_another_offer_at_the_limit_stays_with_the_reason_of_the_last_one()
    {
        StartNodes(Applications.MovableEcho, "a");
        StartNodesWithoutService("b");
        ConnectMany(3);
        var drained = Drain("a", limit: TimeSpan.FromSeconds(0.6));
        Assert.Equal(("NoListener: node b has no service 'echo'", 3), (drained.Reasons.Single().Key, drained.Stayed));
        Assert.InRange(OffersOf("a-1-1"), 2, 9);
    }

    [Fact]
    public void Connections_whose_application_cannot_leave_stay()
    {
        StartNodes(Applications.Echo, isMovable: false, "a", "b");
        ConnectMany(3);
        var drained = Drain("a");
        var (reason, count) = Assert.Single(drained.Reasons);
        Assert.Equal(("cannot move, because the application of service 'echo' cannot leave it", 3), (reason, count));
    }

    [Fact]
    public void A_target_that_dies_meanwhile_loses_no_connection_that_it_has_not_taken()
    {
        StartNodes(Applications.MovableEcho, "a", "b", "c");
        var connections = ConnectMany(60);
        Cluster.Crash("b");
        var drained = Drain("a", limit: TimeSpan.FromMinutes(10)); // nothing may be on its way at the end
        Assert.Equal((60, 0), (drained.Moved + drained.Stayed, drained.Ended));
        Assert.Equal((drained.Stayed, drained.Moved), (ConnectionsOf("a").Count, ConnectionsOf("c").Count));
        foreach (var connection in connections) connection.Write(1_000, Time);
        VerifyAll(connections, 1_000);
    }

    [Fact]
    public void The_limit_ends_an_evacuation_that_applications_hold_up()
    {
        StartNodes(
            new ListenerSettings("echo", EchoPort, Applications.Stubborn) { IsMovable = true }, "a", "b");
        ConnectMany(70); // 64 move at a time
        var drained = Drain("a", limit: TimeSpan.FromSeconds(2));
        Assert.Equal((0, 70), (drained.Moved, drained.Stayed));
        Assert.Equal(6, drained.Reasons["was not asked within 2 s"]);
        Assert.Equal(64, drained.Reasons["was still moving after 2 s"]);
    }

    [Fact]
    public void A_node_that_refuses_takes_no_connection_of_peers_or_other_nodes()
    {
        StartNodes(Applications.MovableEcho, "a", "b");
        ConnectMany(2);
        Assert.Equal(2, Drain("a", refuses: true).Moved);
        var refused = Peer.Connect(Server, EchoPort);
        Pump(() => refused.State == TcpState.Closed, "the refusal");
        var back = Drain("b");
        Assert.Equal(2, back.Stayed);
        Assert.Equal("Leaving: node a drains or stops", Assert.Single(back.Reasons).Key);
    }

    [Fact]
    public void A_node_that_only_drains_goes_on_to_take_connections()
    {
        StartNodes(Applications.MovableEcho, "a", "b");
        ConnectMany(2);
        Assert.Equal(2, Drain("a").Moved);
        EchoRoundTrip(Connect(EchoPort), 1_000);
        Assert.Equal(2, Drain("b").Moved);
        Assert.Equal(3, ConnectionsOf("a").Count);
    }

    [Fact]
    public void A_drain_without_another_node_is_refused()
    {
        StartNodes(Applications.MovableEcho, "a");
        var failed = AskNode<StackProtocol.Failed>("a", new StackProtocol.Drain(null, Limit, Refuses: false));
        Assert.Equal((FailureCode.UnknownNode, "there is no other node"), (failed.Code, failed.Message));
    }

    [Fact]
    public void A_drain_to_an_unknown_node_names_the_others()
    {
        StartNodes(Applications.MovableEcho, "a", "b");
        var failed = AskNode<StackProtocol.Failed>("a", new StackProtocol.Drain("c", Limit, Refuses: false));
        Assert.Equal("there is no other node 'c'; others are b", failed.Message);
    }

    [Fact]
    public void A_graceful_stop_gives_the_connections_to_the_other_nodes_first()
    {
        StartNodes(Applications.MovableEcho, "a", "b", "c");
        var connections = ConnectMany(50);
        foreach (var connection in connections) connection.Write(5_000, Time);
        var stopped = Stop("a", new StackProtocol.Stop(TimeSpan.FromSeconds(10)));
        Assert.Equal((0, 0, 50), (stopped.Closed, stopped.Reset, stopped.Moved));
        Assert.Equal(50, ConnectionsOf("b").Count + ConnectionsOf("c").Count);
        AssertNoReset();
    }

    [Fact]
    public void What_cannot_move_ends_at_the_stop_as_without_a_cluster()
    {
        StartNodes(Applications.Echo, isMovable: false, "a", "b");
        var connections = ConnectMany(3);
        var stop = StartNode("a", new StackProtocol.Stop(TimeSpan.FromSeconds(10)));
        PumpInTime(() => connections.All(connection => connection.HasReadAll), TimeSpan.FromMinutes(1), "the ends");
        foreach (var connection in connections) connection.Close(Time);
        var stopped = Assert.IsType<StackProtocol.Stopped>(AwaitInTime(stop, "the stop"));
        Assert.Equal((3, 0, 0), (stopped.Closed, stopped.Reset, stopped.Moved));
        AssertNoReset();
    }

    [Fact]
    public void A_stop_that_does_not_evacuate_keeps_the_connections_here()
    {
        StartNodes(Applications.MovableEcho, "a", "b");
        ConnectMany(3);
        var stopped = Stop("a", new StackProtocol.Stop(TimeSpan.FromSeconds(1)) { KeepsConnections = true });
        Assert.Equal((0, 3, 0), (stopped.Closed, stopped.Reset, stopped.Moved));
    }

    private List<PeerConnection> ConnectMany(int count)
    {
        var connections = Enumerable.Range(0, count).Select(_ => Peer.Connect(Server, EchoPort)).ToList();
        Pump(() => connections.All(connection => connection.State == TcpState.Established), "the handshakes");
        return connections;
    }

    private StackProtocol.Drained Drain(string from, string? to = null, TimeSpan? limit = null, bool refuses = false)
    {
        var answer = StartNode(from, new StackProtocol.Drain(to, limit ?? Limit, refuses));
        return Assert.IsType<StackProtocol.Drained>(AwaitInTime(answer, $"the evacuation of {from}"));
    }

    private StackProtocol.Stopped Stop(string node, StackProtocol.Stop stop) =>
        Assert.IsType<StackProtocol.Stopped>(AwaitInTime(StartNode(node, stop), $"the stop of {node}"));

    /// <summary>How often the connection was offered to a node.</summary>
    private int OffersOf(string id) =>
        Cluster.Sent.Select(sent => sent.Message).OfType<HandoffMessage.Prepare>().Count(offer => offer.Connection == id);

    private void VerifyAll(List<PeerConnection> connections, int expected)
    {
        PumpInTime(
            () => connections.All(connection => connection.Received.Count >= expected), TimeSpan.FromMinutes(5), "the echo");
        Assert.All(connections, connection => VerifyEcho(connection, expected));
        AssertNoReset();
    }

    private void AssertNoReset() =>
        Assert.DoesNotContain(Fabric.Sent, segment => (segment.Flags & TcpFlags.Rst) != 0);
}
