using ActorStack.Actors.Migration;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.Actors.Tests.Support;
using ActorStack.Actors.Tests.Support.Cluster;
using ActorStack.TestKit.Cluster;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Migration.Handoff;

/// <summary>
/// Messages of a handoff that come again, late, from another node, with another epoch or of another connection, into a cluster
/// whose connections transfer and move. ACTORSTACK_SEEDS says how many seeds run.
/// </summary>
public sealed class HostileMessageTests : ClusterTest
{
    private const int Few = 5;
    private const int Handoffs = 6;
    private const int MessagesEach = 25;

    private static readonly string[] Names = ["a", "b", "c"];

    public static TheoryData<int> Seeds => [.. SeedRange.Of(Few)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Messages_that_were_not_meant_change_nothing(int seed)
    {
        UseCluster(new SimulatedClusterSettings
        {
            Seed = seed,
            LeastDelay = TimeSpan.FromMilliseconds(0.1),
            GreatestDelay = TimeSpan.FromMilliseconds(2),
        });
        StartNodes(Applications.MovableEcho, Names);
        var random = new Random(seed);
        PeerConnection[] connections = [Connect(EchoPort), Connect(EchoPort), Connect(EchoPort)];
        var owners = connections.Select((_, i) => (Id: $"a-1-{i + 1}", Node: "a")).ToArray();
        var moves = 0;
        for (var round = 0; round < Handoffs; round++)
        {
            foreach (var connection in connections) connection.Write(random.Next(1, 30_000), Time);
            var moving = random.Next(connections.Length);
            var (id, from) = owners[moving];
            var to = Names.Where(name => name != from).ElementAt(random.Next(2));
            var answer = StartNode(from, new StackProtocol.HandOff(id, to));
            for (var i = 0; i < MessagesEach; i++)
            {
                Send(Forge(random));
                Pass(TimeSpan.FromMilliseconds(random.NextDouble()));
            }

            var result = AwaitInTime(answer, $"handoff {round} of {id} from {from} to {to}");
            if (result is MigrationRecord { Outcome: MigrationOutcome.Completed })
            {
                moves++;
                owners[moving] = (id, to);
            }
        }

        Pass(TimeSpan.FromSeconds(12));
        foreach (var connection in connections) Assert.True(connection.Received.Count == connection.Written, Report(connections));
        foreach (var connection in connections) VerifyEcho(connection, (int)connection.Written);
        Assert.DoesNotContain(Fabric.Sent, segment => (segment.Flags & TcpFlags.Rst) != 0);
        foreach (var name in Names)
        {
            Assert.Equal(
                owners.Where(owner => owner.Node == name).Select(owner => owner.Id).Order(),
                ConnectionsOf(name).Select(connection => connection.Id).Order());
        }

        Assert.True(moves > 0, "no handoff succeeded");
    }

    /// <summary>
    /// A message of an earlier handoff as it was, or with one thing about it changed. A node trusts a member that offers it a
    /// connection with an epoch that it does not know, so a forged offer has an epoch that its receiver knows.
    /// </summary>
    private InFlightMessage? Forge(Random random)
    {
        var recorded = Cluster.Delivered.Where(one => one.Message is HandoffMessage).ToList();
        if (recorded.Count == 0) return null;
        var one = recorded[random.Next(recorded.Count)];
        var message = (HandoffMessage)one.Message;
        var third = Names.First(name => name != one.From && name != one.To);
        var isOffer = message is HandoffMessage.Prepare;
        var newest = isOffer ? message.Epoch : NewestOf(message.Connection, recorded);
        var old = message with
        {
            Epoch = random.Next(4) == 0 ? long.MinValue + random.Next() : Math.Max(0, newest - random.Next(1, 4)),
        };
        return random.Next(isOffer ? 3 : 5) switch
        {
            0 => one, // replayed
            1 => one with { Message = old },
            2 => one with { Message = message with { Connection = $"a-1-{random.Next(1_000, 2_000)}" } },
            3 => one with { From = third, Message = old },
            _ => one with { To = third, Message = old },
        };
    }

    private static long NewestOf(string connection, IEnumerable<InFlightMessage> recorded) => recorded
        .Select(one => (HandoffMessage)one.Message)
        .Where(message => message.Connection == connection)
        .Max(message => message.Epoch);

    private string Report(IEnumerable<PeerConnection> connections) => string.Join(
        Environment.NewLine,
        connections.Select(Describe)
            .Concat(Names.SelectMany(name => ConnectionsOf(name).Select(one => $"{name}: {one.Id} {one.Phase} {one.Epoch}")))
            .Append(Trail()));

    private static string Describe(PeerConnection one) =>
        $"{one.State}: {one.Written} written, {one.Received.Count} back, {one.Unacknowledged} unacknowledged";

    private void Send(InFlightMessage? message)
    {
        if (message is not null) Cluster.Duplicate(message);
    }
}
