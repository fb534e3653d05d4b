using ActorStack.Actors.Migration;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.Actors.Tests.Support;
using ActorStack.Actors.Tests.Support.Cluster;
using ActorStack.TestKit.Cluster;
using ActorStack.Transport.State;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Migration.Handoff;

/// <summary>Handoffs that are refused, given up, or in doubt.</summary>
public sealed class HandoffFaultTests : ClusterTest
{
    [Fact]
    public void A_node_without_the_service_refuses_and_the_connection_goes_on()
    {
        StartNodes(Applications.MovableEcho, "a");
        StartNodesWithoutService("b");
        var connection = Connect(EchoPort);
        var record = HandOff("a", "b");
        Assert.Equal(MigrationOutcome.RolledBack, record.Outcome);
        Assert.Contains("NoListener: node b has no service 'echo'", record.Detail);
        EchoRoundTrip(connection, 10_000);
        Assert.Equal(0, connection.Tcp.Info.Retransmissions);
    }

    [Fact]
    public void A_connection_to_an_unknown_node_is_declined_with_the_reason()
    {
        StartNodes(Applications.MovableEcho, "a");
        Connect(EchoPort);
        var failed = AskNode<StackProtocol.Failed>("a", new StackProtocol.HandOff("a-1-1", "b"));
        Assert.Contains("'b', which is no node of the cluster", failed.Message);
    }

    [Fact]
    public void A_connection_whose_application_cannot_leave_is_declined_with_the_reason()
    {
        StartNodes(Applications.Echo, isMovable: false, "a", "b");
        Connect(EchoPort);
        var failed = AskNode<StackProtocol.Failed>("a", new StackProtocol.HandOff("a-1-1", "b"));
        Assert.Contains("the application of service 'echo' cannot leave it", failed.Message);
    }

    [Fact]
    public void A_node_that_does_not_answer_is_given_up_and_the_connection_goes_on()
    {
        StartNodes(Applications.MovableEcho, "a", "b");
        var connection = Connect(EchoPort);
        Cluster.Crash("b");
        var record = HandOffInTime("a", "b");
        Assert.Equal(MigrationOutcome.RolledBack, record.Outcome);
        Assert.Contains("nothing from node b within 1 s", record.Detail);
        EchoRoundTrip(connection, 10_000);
    }

    [Fact]
    public void An_application_that_does_not_leave_keeps_its_connection_and_starts_again_when_it_does()
    {
        var gate = new TaskCompletionSource();
        var starts = 0;
        StartNodes(
            async (context, stopping) =>
            {
                if (Interlocked.Increment(ref starts) == 1)
                {
                    await Task.Delay(Timeout.Infinite, context.Leaving).ContinueWith(_ => { }, TaskScheduler.Default);
                    await gate.Task;
                    context.Leave(new byte[] { 1 });
                    return;
                }

                if (starts == 2) Assert.Equal(1, context.State.Span[0]);
                await Applications.MovableEcho(context, stopping);
            },
            "a", "b");
        var connection = Connect(EchoPort);
        var record = HandOffInTime("a", "b");
        Assert.Contains("the application did not leave within 5 s", record.Detail);
        gate.SetResult();
        EchoRoundTrip(connection, 10_000);
        Assert.Equal(MigrationOutcome.Completed, HandOff("a", "b").Outcome);
        EchoRoundTrip(connection, 10_000);
    }

    [Fact]
    public void A_connection_in_an_engine_leaves_it_first()
    {
        StartNodes(Applications.MovableEcho, "a", "b");
        var connection = Connect(EchoPort);
        EchoRoundTrip(connection, 5_000);
        Assert.Equal(
            MigrationOutcome.Completed, AskNode<MigrationRecord>("a", new StackProtocol.Offload("a-1-1", Engine.Name)).Outcome);
        EchoRoundTrip(connection, 5_000);
        var record = HandOff("a", "b");
        Assert.Equal((MigrationOutcome.Completed, "node b", 3L), (record.Outcome, record.To, record.Epoch));
        EchoRoundTrip(connection, 5_000);
        Assert.Equal(0, connection.Tcp.Info.Retransmissions);
    }

    [Theory]
    [InlineData(nameof(HandoffMessage.Prepare), "a")]
    [InlineData(nameof(HandoffMessage.Prepared), "a")]
    [InlineData(nameof(HandoffMessage.Mark), "a")]
    [InlineData(nameof(HandoffMessage.Marked), "a")]
    [InlineData(nameof(HandoffMessage.Hold), "b")]
    [InlineData(nameof(HandoffMessage.Transfer), "b")]
    [InlineData(nameof(HandoffMessage.TakenOver), "b")]
    [InlineData(nameof(HandoffMessage.Released), "b")]
    public void A_lost_message_is_repeated_or_the_handoff_is_given_up(string lost, string owner)
    {
        StartNodes(Applications.MovableEcho, "a", "b");
        var connection = Connect(EchoPort, receiveCapacity: 8 << 10);
        EchoRoundTrip(connection, 5_000);
        if (lost is nameof(HandoffMessage.Mark) or nameof(HandoffMessage.Marked)) FillQueue(connection);
        var isLost = false;
        Cluster.Loses = message => message.Message.GetType().Name == lost && !isLost && (isLost = true);
        HandOffInTime("a", "b");
        Assert.True(isLost);
        connection.IsReading = true;
        Assert.Single(ConnectionsOf(owner));
        EchoRoundTrip(connection, 5_000);
        Advance(TimeSpan.FromSeconds(10));
        Assert.Single(ConnectionsOf(owner));
        Assert.Empty(ConnectionsOf(owner == "a" ? "b" : "a"));
        Assert.Equal(MigrationOutcome.Completed, HandOff(owner, owner == "a" ? "b" : "a").Outcome);
        EchoRoundTrip(connection, 5_000);
    }

    [Fact]
    public void A_target_that_is_removed_while_the_source_is_in_doubt_takes_the_connection_with_it()
    {
        StartNodes(Applications.MovableEcho, "a", "b", "c");
        var connection = Connect(EchoPort);
        EchoRoundTrip(connection, 5_000);
        Cluster.Loses = message => message.Message is HandoffMessage.TakenOver;
        var answer = StartNode("a", new StackProtocol.HandOff("a-1-1", "b"));
        Pump(() => ConnectionsOf("b").Count == 1, "the connection at b");
        Cluster.Crash("b");
        var record = Assert.IsType<MigrationRecord>(AwaitInTime(answer, "the end of the doubt"));
        Assert.Equal(MigrationOutcome.RolledBack, record.Outcome);
        Assert.Empty(ConnectionsOf("a"));
        connection.Write(1, Time);
        PumpInTime(() => connection.State == TcpState.Closed, TimeSpan.FromMinutes(1), "the reset");
        Assert.Contains(Fabric.Sent, segment => segment.Node == "a" && (segment.Flags & TcpFlags.Rst) != 0);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Messages_that_are_lost_doubled_and_reordered_lose_no_byte(int seed)
    {
        UseCluster(new SimulatedClusterSettings
        {
            Seed = seed,
            Loss = 0.15,
            Duplication = 0.15,
            Reordering = 0.2,
            LeastDelay = TimeSpan.FromMilliseconds(0.1),
            GreatestDelay = TimeSpan.FromMilliseconds(20),
            RemovalAfter = null,
            Lease = TimeSpan.FromHours(1),
        });
        StartNodes(Applications.MovableEcho, "a", "b", "c");
        var random = new Random(seed);
        var connection = Connect(EchoPort);
        var moves = 0;
        for (var i = 0; i < 12; i++)
        {
            connection.Write(random.Next(1, 40_000), Time);
            var owner = OwnerInTime();
            var target = new[] { "a", "b", "c" }.Where(node => node != owner).ElementAt(random.Next(2));
            var id = ConnectionsOf(owner)[0].Id;
            var answer = StartNode(owner, new StackProtocol.HandOff(id, target));
            var result = AwaitInTime(answer, $"handoff {i} from {owner} to {target}");
            if (result is MigrationRecord { Outcome: MigrationOutcome.Completed }) moves++;
        }

        PumpInTime(() => connection.Unacknowledged == 0, TimeSpan.FromMinutes(5), "the acknowledgments");
        PumpInTime(() => connection.Received.Count == connection.Written, TimeSpan.FromMinutes(5), "the echo");
        VerifyEcho(connection, (int)connection.Written);
        Assert.True(moves > 0, "no handoff succeeded");
        Assert.DoesNotContain(Fabric.Sent, segment => (segment.Flags & TcpFlags.Rst) != 0);
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    /// <summary>So much waits for the peer that payload travels ahead of the state.</summary>
    private void FillQueue(PeerConnection connection)
    {
        connection.IsReading = false;
        connection.Write((int)OutgoingHandoff.Enough + 150_000, Time);
        Advance(TimeSpan.FromSeconds(1));
    }
}
