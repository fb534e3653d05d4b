using ActorStack.Actors.Cluster.Balance;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Tests.Support;
using ActorStack.Actors.Tests.Support.Cluster;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Cluster;

/// <summary>Nodes give connections to nodes that have fewer, over a simulated cluster.</summary>
public sealed class BalanceTests : ClusterTest
{
    private static readonly string[] Nodes = ["a", "b", "c"];

    [Fact]
    public void A_loaded_node_gives_the_others_their_share()
    {
        StartNodes(Applications.MovableEcho, Nodes);
        var connections = ConnectMany(30);
        var given = Balance("a", to: null);
        Assert.Equal((20, 0, 0), (given.Moved, given.Ended, given.Stayed));
        Assert.Equal("10 10 10", Counts());
        Assert.Equal(0, Balance("a", to: null).Moved);
        Assert.Equal(0, Balance("b", to: null).Moved);
        VerifyAll(connections);
    }

    [Fact]
    public void A_node_that_is_named_gets_as_many_as_the_giver_keeps()
    {
        StartNodes(Applications.MovableEcho, Nodes);
        var connections = ConnectMany(30);
        Assert.Equal(15, Balance("a", to: "c").Moved);
        Assert.Equal("15 0 15", Counts());
        VerifyAll(connections);
    }

    [Fact]
    public void Connections_that_cannot_move_are_not_chosen()
    {
        StartNodes(Applications.Echo, isMovable: false, Nodes);
        ConnectMany(6);
        Assert.Equal((0, 0), Balance("a", to: null) is var given ? (given.Moved, given.Stayed) : default);
    }

    [Fact]
    public void A_node_that_joins_takes_its_share_by_the_rule_and_then_nothing_moves_any_more()
    {
        BalanceRule = new BalanceSettings { Interval = TimeSpan.FromSeconds(1), Minimum = 3 };
        StartNodes(Applications.MovableEcho, "a", "b");
        var connections = ConnectMany(20);
        Fabric.Entrance = "b";
        connections.AddRange(ConnectMany(20));
        Fabric.Entrance = "a";
        Advance(TimeSpan.FromSeconds(20));
        Assert.Equal((20, 20), (ConnectionsOf("a").Count, ConnectionsOf("b").Count));
        StartNodes(Applications.MovableEcho, "c");
        Advance(TimeSpan.FromSeconds(40));
        Assert.All(Nodes, node => Assert.InRange(ConnectionsOf(node).Count, 10, 16));
        var counts = Counts();
        Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(counts, Counts());
        VerifyAll(connections);
    }

    [Fact]
    public void Where_processor_time_counts_the_busy_node_gives_connections_until_both_are_as_busy()
    {
        BalanceRule = new BalanceSettings { Interval = TimeSpan.FromSeconds(1), By = BalanceMeasure.Processor };
        var spent = new Dictionary<string, TimeSpan> { ["a"] = default, ["b"] = default };
        ProcessorTime = node => spent[node];
        StartNodes(Applications.MovableEcho, "a", "b");
        var connections = ConnectMany(20);
        Fabric.Entrance = "b";
        connections.AddRange(ConnectMany(20));
        Fabric.Entrance = "a";

        // A connection of the first crowd costs ten times as much as one of the second.
        for (var second = 0; second < 100; second++)
        {
            foreach (var node in spent.Keys) spent[node] += TimeSpan.FromMilliseconds(ConnectionsOf(node).Sum(Cost));
            Advance(TimeSpan.FromSeconds(1));
        }

        var (busy, idle) = (ConnectionsOf("a").Sum(Cost), ConnectionsOf("b").Sum(Cost));
        Assert.InRange(busy, 0.8 * idle, 1.5 * idle);
        VerifyAll(connections);
    }

    private static double Cost(ConnectionSnapshot connection) => connection.Id.StartsWith('a') ? 40 : 4;

    private StackProtocol.Drained Balance(string node, string? to) => Assert.IsType<StackProtocol.Drained>(
        AwaitInTime(StartNode(node, new StackProtocol.Balance(to, TimeSpan.FromSeconds(30))), "the end"));

    private string Counts() => string.Join(' ', Nodes.Select(node => ConnectionsOf(node).Count));

    private List<PeerConnection> ConnectMany(int count)
    {
        var connections = Enumerable.Range(0, count).Select(_ => Connect(EchoPort)).ToList();
        foreach (var connection in connections) EchoRoundTrip(connection, 100);
        return connections;
    }

    private void VerifyAll(List<PeerConnection> connections)
    {
        foreach (var connection in connections) connection.Write(1_000, Time);
        PumpInTime(
            () => connections.TrueForAll(one => one.Received.Count == one.Written), TimeSpan.FromMinutes(1), "all echoes");
        foreach (var connection in connections) VerifyEcho(connection, (int)connection.Written);
        Assert.DoesNotContain(Fabric.Sent, segment => (segment.Flags & TcpFlags.Rst) != 0);
    }
}
