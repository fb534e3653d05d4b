using ActorStack.Actors.Migration;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.Actors.Tests.Support;
using ActorStack.Actors.Tests.Support.Cluster;
using ActorStack.TestKit.Cluster;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Migration.Handoff;

/// <summary>A connection goes to another node and on, and its peer does not notice.</summary>
public sealed class HandoffTests : ClusterTest
{
    /// <summary>Messages that are not slower than the network of the peer, whose round trip takes no time.</summary>
    private static readonly SimulatedClusterSettings Fast = new()
    {
        LeastDelay = TimeSpan.FromMicroseconds(50),
        GreatestDelay = TimeSpan.FromMicroseconds(100),
    };

    /// <summary>Messages that take longer than a round trip of the peer and the margin of its tail loss probe.</summary>
    private static readonly SimulatedClusterSettings Slow = new()
    {
        LeastDelay = TimeSpan.FromMilliseconds(5),
        GreatestDelay = TimeSpan.FromMilliseconds(6),
    };

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
    public void The_source_serves_on_while_the_network_brings_the_segments_to_the_target()
    {
        UseCluster(Fast);
        StartNodes(Applications.MovableEcho, "a", "b");
        var connection = Connect(EchoPort);
        Fabric.Entrance = "b";
        EchoInTime(connection, 1_000);
        Cluster.Loses = message => message.Message is HandoffMessage.Marked; // so that the source does not freeze
        var handoff = StartNode("a", new StackProtocol.HandOff("a-1-1", "b"));
        PumpInTime(
            () => Cluster.Delivered.Any(message => message.Message is HandoffMessage.Prepared), TimeSpan.FromSeconds(1),
            "the target's preparation");
        var retransmissions = connection.Tcp.Info.Retransmissions;

        EchoInTime(connection, 50_000);

        Assert.Equal("HandingOff", Assert.Single(ConnectionsOf("a")).Phase);
        Assert.Equal(retransmissions, connection.Tcp.Info.Retransmissions);
        Assert.Equal(0, Assert.Single(ConnectionsOf("a")).Retransmissions);
        AwaitInTime(handoff, "the end of the handoff");
        EchoInTime(connection, 1_000);
    }

    [Fact]
    public void The_target_takes_up_after_the_last_segment_that_the_source_has_processed()
    {
        UseCluster(Fast);
        StartNodes(Applications.MovableEcho, "a", "b");
        var connection = Connect(EchoPort, receiveCapacity: 8 << 10);
        EchoInTime(connection, 1_000);
        FillQueue(connection);
        var retransmissions = connection.Tcp.Info.Retransmissions;
        var handoff = StartNode("a", new StackProtocol.HandOff("a-1-1", "b"));
        PumpInTime(
            () => Cluster.Sent.Any(message => message.Message is HandoffMessage.Prepared), TimeSpan.FromSeconds(1),
            "the target's preparation");
        Fabric.Entrance = "b";
        connection.Write(20_000, Time);

        Assert.Equal(
            MigrationOutcome.Completed, Assert.IsType<MigrationRecord>(AwaitInTime(handoff, "the handoff")).Outcome);

        Assert.Contains(Cluster.Delivered, message => message.Message is HandoffMessage.Processed { Number: > 0 });
        connection.IsReading = true;
        PumpInTime(() => connection.Received.Count == connection.Written, TimeSpan.FromSeconds(10), "the echo");
        VerifyEcho(connection, (int)connection.Written);
        Assert.Equal(retransmissions, connection.Tcp.Info.Retransmissions);
        Assert.Equal(0, Assert.Single(ConnectionsOf("b")).Retransmissions);
    }

    [Fact]
    public void Segments_that_the_target_passes_on_do_not_overtake_those_that_wait_in_the_link_of_the_source()
    {
        UseCluster(Fast);
        StartNodes(Applications.MovableEcho, "a", "b");
        var connection = Connect(EchoPort, receiveCapacity: 8 << 10);
        EchoInTime(connection, 1_000);
        FillQueue(connection);
        Cluster.Loses = message => message.Message is HandoffMessage.Marked; // so that the source does not freeze
        _ = StartNode("a", new StackProtocol.HandOff("a-1-1", "b"));
        PumpInTime(
            () => Cluster.Delivered.Any(message => message.Message is HandoffMessage.Prepared), TimeSpan.FromSeconds(1),
            "the target's preparation");

        connection.IsReading = true;
        connection.Write(1_000, Time);
        Fabric.Turn();
        Fabric.Entrance = "b";
        connection.Write(1_000, Time);
        Fabric.Turn();
        Loops[1].RunOnce();
        Clock.Advance(Fast.GreatestDelay);
        Cluster.Turn();
        PumpInTime(() => connection.Received.Count == connection.Written, TimeSpan.FromSeconds(1), "the echo");

        Assert.Contains(Cluster.Delivered, message => message.Message is HandoffMessage.Segment);
        var statistics = AskNode<StackStatistics>("a", StackProtocol.GetStatistics.Instance);
        Assert.DoesNotContain("TCPOFOQueue", statistics.TcpExt.Keys);
    }

    [Fact]
    public void A_target_that_forwards_the_flow_already_does_so_until_the_source_is_about_to_freeze_it()
    {
        UseCluster(Fast);
        StartNodes(Applications.MovableEcho, "a", "b");
        var connection = Connect(EchoPort, receiveCapacity: 8 << 10);
        Fabric.Entrance = "b";
        EchoInTime(connection, 1_000);
        FillQueue(connection);
        Assert.True(Fabric.IsSteered("b"));
        Cluster.Loses = message => message.Message is HandoffMessage.Marked { Round: 1 };
        var handoff = StartNode("a", new StackProtocol.HandOff("a-1-1", "b"));
        PumpInTime(
            () => Cluster.Delivered.Any(message => message.Message is HandoffMessage.Mark), TimeSpan.FromSeconds(1),
            "the first round of payload");
        connection.IsReading = true;

        EchoInTime(connection, 1_000);

        Assert.True(Fabric.IsSteered("b"));
        Assert.DoesNotContain(Cluster.Delivered, message => message.Message is HandoffMessage.Segment);
        AwaitInTime(handoff, "the end of the handoff");
        Cluster.Loses = _ => false;
        Assert.Equal(MigrationOutcome.Completed, HandOffInTime("a", "b").Outcome);
        Assert.False(Fabric.IsSteered("b"));
        Assert.True(Fabric.IsSteered("a"));
        EchoInTime(connection, 1_000);
        Assert.Equal(0, Fabric.Expired);
    }

    [Fact]
    public void What_waits_in_the_link_of_the_source_is_forwarded_before_the_state_is_sent()
    {
        UseCluster(Fast);
        StartNodes(Applications.MovableEcho, "a", "b");
        var connection = Connect(EchoPort);
        EchoInTime(connection, 1_000);
        Fabric.BeforeSteering = _ =>
        {
            connection.Write(1_000, Time);
            Fabric.Turn();
        };
        List<bool> stateWasSent = [];
        Fabric.BeforeForwarding = () => stateWasSent.Add(Cluster.Sent.Any(sent => sent.Message is HandoffMessage.Transfer));

        Assert.Equal(MigrationOutcome.Completed, HandOffInTime("a", "b").Outcome);

        Assert.False(stateWasSent[0]);
        PumpInTime(() => connection.Received.Count == connection.Written, TimeSpan.FromSeconds(1), "the echo");
        Assert.Equal(0, connection.Tcp.Info.Retransmissions);
    }

    /// <summary>A peer with data in flight would repeat it after two round trips (tail loss probe).</summary>
    [Fact]
    public void A_peer_that_sends_all_the_time_has_nothing_in_flight_while_the_state_travels()
    {
        UseCluster(Slow);
        StartNodes(Applications.MovableEcho, "a", "b");
        var connection = Connect(EchoPort);
        EchoInTime(connection, 1_000);
        var inFlight = new List<long?>();

        var record = HandOffWhileWriting(
            connection,
            () =>
            {
                if (Cluster.InFlight.Any(sent => sent.Message is HandoffMessage.Transfer))
                    inFlight.Add(connection.Tcp.Statistics(Time).Unacked);
            });

        Assert.Equal(MigrationOutcome.Completed, record.Outcome);
        Assert.NotEmpty(inFlight);
        Assert.All(inFlight, segments => Assert.Equal(0, segments));
        PumpInTime(() => connection.Received.Count == connection.Written, TimeSpan.FromSeconds(1), "the echo");
        VerifyEcho(connection, (int)connection.Written);
    }

    /// <summary>The window that was held opens again where the connection stays.</summary>
    [Fact]
    public void A_peer_goes_on_at_once_where_the_handoff_is_given_up_after_the_window_was_held()
    {
        UseCluster(Slow);
        StartNodes(Applications.MovableEcho, "a", "b");
        var connection = Connect(EchoPort);
        EchoInTime(connection, 1_000);
        var isHeld = false;
        Cluster.Loses = sent => (isHeld |= sent.Message is HandoffMessage.Hold) && sent.Message is HandoffMessage.Mark;

        var record = HandOffWhileWriting(connection);

        Assert.Equal((MigrationOutcome.RolledBack, true), (record.Outcome, isHeld));
        PumpInTime(() => connection.Received.Count == connection.Written, TimeSpan.FromSeconds(1), "the echo");
        VerifyEcho(connection, (int)connection.Written);
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

    /// <summary>So much waits for the peer that payload travels ahead of the state, and the source serves meanwhile.</summary>
    private void FillQueue(PeerConnection connection)
    {
        connection.IsReading = false;
        connection.Write(90_000, Time);
        PumpInTime(
            () => Assert.Single(ConnectionsOf("a")).BytesReceived == connection.Written, TimeSpan.FromSeconds(1), "the payload");
    }

    /// <summary>Moves the connection from a to b, while its peer sends all that it has at each step.</summary>
    private MigrationRecord HandOffWhileWriting(PeerConnection connection, Action? afterWriting = null)
    {
        var answer = StartNode("a", new StackProtocol.HandOff("a-1-1", "b"));
        PumpInTime(
            () =>
            {
                if (connection.Unacknowledged == 0) connection.Write(20_000, Time);
                Turn();
                afterWriting?.Invoke();
                return answer.IsCompleted;
            },
            TimeSpan.FromMinutes(1),
            "the handoff");
        return Assert.IsType<MigrationRecord>(answer.Result);
    }

    private void EchoInTime(PeerConnection connection, int count)
    {
        connection.Write(count, Time);
        PumpInTime(() => connection.Received.Count == connection.Written, TimeSpan.FromSeconds(1), "the echo");
        VerifyEcho(connection, (int)connection.Written);
    }
}
