using ActorStack.Actors.Cluster;
using ActorStack.Actors.Cluster.Queries;
using ActorStack.Actors.Migration;
using ActorStack.Actors.Tests.Support;
using ActorStack.Actors.Tests.Support.Cluster;

namespace ActorStack.Actors.Tests.Cluster;

/// <summary>One node lists the connections of all.</summary>
public sealed class ConnectionQueryTests : ClusterTest
{
    [Fact]
    public void The_connections_of_all_nodes_are_listed_with_their_nodes_page_by_page()
    {
        StartNodes(Applications.MovableEcho, "a", "b", "c");
        ConnectMany("a", 3);
        ConnectMany("b", 2 * ConnectionQuery.PageSize + 7);
        var nodes = List("c");
        Assert.Equal(["a", "b", "c"], nodes.Select(node => node.Node));
        Assert.Equal([3, 2 * ConnectionQuery.PageSize + 7, 0], nodes.Select(node => node.Connections.Count));
        Assert.All(nodes, node => Assert.Null(node.Problem));
        Assert.Equal(
            ConnectionsOf("b").Select(one => one.Id).Order(StringComparer.Ordinal),
            nodes[1].Connections.Select(one => one.Id).Order(StringComparer.Ordinal));
        Assert.Equal(ConnectionsOf("a"), nodes[0].Connections);
        Assert.Equal(3, Cluster.Delivered.Count(message => message is { To: "b", Message: ConnectionQuery.Ask }));
    }

    [Fact]
    public void A_node_that_does_not_answer_is_named()
    {
        StartNodes(Applications.MovableEcho, "a", "b", "c");
        ConnectMany("a", 2);
        Cluster.Loses = message => message is { From: "b", Message: ConnectionQuery.Page };
        var nodes = List("a");
        Assert.Equal((2, null), (nodes[0].Connections.Count, nodes[0].Problem));
        Assert.Equal((0, "did not answer within 3 s"), (nodes[1].Connections.Count, nodes[1].Problem));
        Assert.Null(nodes[2].Problem);
    }

    [Fact]
    public void A_node_that_sends_the_same_page_for_ever_is_given_up()
    {
        StartNodes(Applications.MovableEcho, "a", "b");
        var bad = Cluster.Join("bad");
        bad.Attach(new Repeater(bad));
        Assert.Equal("sent a page that does not go on", List("a").Single(node => node.Node == "bad").Problem);
    }

    [Fact]
    public void Both_nodes_of_a_handoff_keep_its_record()
    {
        StartNodes(Applications.MovableEcho, "a", "b");
        var connection = Connect(EchoPort);
        EchoRoundTrip(connection, 3_000);
        HandOff("a", "b");
        var left = Assert.Single(AskNode<StackProtocol.MigrationList>("a", new StackProtocol.GetMigrations("a-1-1")).Migrations);
        var came = Assert.Single(AskNode<StackProtocol.MigrationList>("b", new StackProtocol.GetMigrations("a-1-1")).Migrations);
        Assert.Equal(("software", "node b", 1L, "operator"), (left.From, left.To, left.Epoch, left.Trigger));
        Assert.Equal(("node a", "software", 1L, "handoff from node a"), (came.From, came.To, came.Epoch, came.Trigger));
        Assert.Equal((MigrationOutcome.Completed, MigrationOutcome.Completed), (left.Outcome, came.Outcome));
        Assert.Equal((0L, 0L), (left.Retransmissions, came.Retransmissions));
        Assert.Equal(left.Ledger.Select(entry => entry.Field), came.Ledger.Select(entry => entry.Field));
    }

    private IReadOnlyList<NodeConnections> List(string node) => Assert.IsType<StackProtocol.ClusterConnectionList>(
        AwaitInTime(StartNode(node, StackProtocol.ListClusterConnections.Instance), "the list")).Nodes;

    private void ConnectMany(string node, int count)
    {
        Fabric.Entrance = node;
        for (var i = 0; i < count; i++) EchoRoundTrip(Connect(EchoPort), 10);
    }

    /// <summary>A node that answers each question with the same page.</summary>
    private sealed class Repeater(INodeNetwork network) : INodeObserver
    {
        public void OnMessage(string node, NodeMessage message)
        {
            if (message is ConnectionQuery.Ask ask) network.Send(node, new ConnectionQuery.Page(ask.Number, [], "x"));
        }

        public void OnNodeJoined(ClusterNode node)
        {
        }

        public void OnNodeRemoved(ClusterNode node)
        {
        }
    }
}
