using ActorStack.Actors.Migration;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.Actors.Tests.Support;
using ActorStack.Actors.Tests.Support.Cluster;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Migration.Handoff;

/// <summary>A connection goes to another node and on, and its peer does not notice.</summary>
public sealed class HandoffTests : ClusterTest
{
    [Fact]
    public void A_connection_goes_on_at_another_node()
    {
        StartNodes(Applications.MovableEcho, "a", "b");
        var connection = Connect(EchoPort);
        EchoRoundTrip(connection, 10_000);

        var record = HandOff("a", "b");

        Assert.Equal((MigrationOutcome.Completed, "software", "node b"), (record.Outcome, record.From, record.To));
        Assert.Empty(ConnectionsOf("a"));
        var there = Assert.Single(ConnectionsOf("b"));
        Assert.Equal(("a-1-1", 1L), (there.Id, there.Epoch));
        EchoRoundTrip(connection, 50_000);
        Assert.Equal(0, connection.Tcp.Info.Retransmissions);
        Assert.DoesNotContain(Fabric.Sent, segment => (segment.Flags & TcpFlags.Rst) != 0);
    }

    [Fact]
    public void A_connection_goes_round_three_nodes_and_ends_in_order()
    {
        StartNodes(Applications.MovableEcho, "a", "b", "c");
        var connection = Connect(EchoPort);
        foreach (var (from, to) in new[] { ("a", "b"), ("b", "c"), ("c", "a"), ("a", "c"), ("c", "b") })
        {
            EchoRoundTrip(connection, 3_000);
            Assert.Equal(MigrationOutcome.Completed, HandOff(from, to).Outcome);
        }

        EchoRoundTrip(connection, 3_000);
        Assert.Equal(0, connection.Tcp.Info.Retransmissions);
        connection.Close(Time);
        Pump(() => connection.HasReadAll, "the end");
        PumpInTime(() => ConnectionsOf("b").Count == 0, TimeSpan.FromMinutes(5), "the end at the last node");
        Advance(TimeSpan.FromMinutes(2));
        Assert.All(["a", "b", "c"], node => Assert.False(Fabric.IsSteered(node), $"{node} forwards still"));
    }

    [Fact]
    public void A_connection_comes_back_to_a_node_whose_journal_still_stores_its_departure()
    {
        StartNodes(Applications.MovableEcho, "a", "b");
        var connection = Connect(EchoPort);
        EchoRoundTrip(connection, 1_000);
        Journal.ClosesBeforeEnd = true;
        Assert.Equal(MigrationOutcome.Completed, HandOff("a", "b").Outcome);
        PumpInTime(() => Journal.Waiting > 0, TimeSpan.FromSeconds(1), "the write of the departure");

        var back = StartNode("b", new StackProtocol.HandOff(Assert.Single(ConnectionsOf("b")).Id, "a"));
        Advance(TimeSpan.FromMilliseconds(100));
        Journal.Open();

        Assert.Equal(MigrationOutcome.Completed, Await<MigrationRecord>(back).Outcome);
        EchoRoundTrip(connection, 1_000);
    }

    [Fact]
    public void What_an_application_has_not_read_travels_before_the_freeze()
    {
        StartNodes(Applications.MovableIdle, "a", "b");
        var connection = Connect(EchoPort);
        connection.Write(1_000_000, Time);
        Advance(TimeSpan.FromSeconds(5)); // the window closes

        var record = HandOff("a", "b");

        Assert.Equal(MigrationOutcome.Completed, record.Outcome);
        Assert.True(record.UndeliveredBytes > OutgoingHandoff.Enough, $"{record.UndeliveredBytes} bytes were unread");
        var delivered = Cluster.Delivered.ConvertAll(one => one.Message);
        var mark = delivered.FindLastIndex(message => message is HandoffMessage.Mark);
        Assert.True(delivered[mark..].OfType<HandoffMessage.Chunk>().Count() <= 2, Trail());
    }
}
