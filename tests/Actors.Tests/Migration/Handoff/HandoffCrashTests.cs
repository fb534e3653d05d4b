using ActorStack.Actors.Migration.Handoff;
using ActorStack.Actors.Tests.Support;
using ActorStack.Actors.Tests.Support.Cluster;
using ActorStack.TestKit.Cluster;
using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.State;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Migration.Handoff;

/// <summary>
/// The machine of the source or of the target is gone at each message of a handoff. A seed draws the times, the bytes on their
/// way, and whether the message still arrives. ACTORSTACK_SEEDS=200 runs 200 seeds of each.
/// </summary>
public sealed class HandoffCrashTests : ClusterTest
{
    private const string Source = "a";
    private const string Target = "b";
    private const int Few = 2;

    private static readonly string[] Steps =
    [
        nameof(HandoffMessage.Prepare), nameof(HandoffMessage.Prepared), nameof(HandoffMessage.Chunk),
        nameof(HandoffMessage.Mark), nameof(HandoffMessage.Marked), nameof(HandoffMessage.Hold),
        nameof(HandoffMessage.Transfer),
        nameof(HandoffMessage.TakenOver), nameof(HandoffMessage.Released),
    ];

    private bool _isDead;
    private int _sentBefore;

    public static TheoryData<string, string, int> Crashes
    {
        get
        {
            var crashes = new TheoryData<string, string, int>();
            foreach (var step in Steps)
            {
                foreach (var victim in new[] { Source, Target })
                {
                    foreach (var seed in SeedRange.Of(Few)) crashes.Add(step, victim, seed);
                }
            }

            return crashes;
        }
    }

    [Theory]
    [MemberData(nameof(Crashes))]
    public void A_node_that_dies_at_a_step_leaves_one_emitter_at_most_and_no_wrong_byte(string step, string victim, int seed)
    {
        var random = new Random(HashCode(step, victim, seed));
        UseCluster(new SimulatedClusterSettings
        {
            Seed = seed,
            LeastDelay = TimeSpan.FromMilliseconds(0.1),
            GreatestDelay = TimeSpan.FromMilliseconds(5),
        });
        StartNodes(Applications.MovableEcho, "a", "b", "c");
        var connection = Connect(EchoPort, receiveCapacity: 8 << 10);
        EchoRoundTrip(connection, random.Next(1, 20_000));
        connection.IsReading = false; // so that the queues hold payload for chunks
        var isAhead = step is nameof(HandoffMessage.Mark) or nameof(HandoffMessage.Marked);
        connection.Write(random.Next(30_000, 60_000) + (isAhead ? (int)OutgoingHandoff.Enough : 0), Time);
        Pass(TimeSpan.FromMilliseconds(random.Next(0, 20)));

        var hasStep = KillAt(step, victim, random);
        _ = StartNode(Source, new StackProtocol.HandOff("a-1-1", Target));
        for (var limit = Time + TimeSpan.FromSeconds(30); !hasStep(); Pass(TimeSpan.FromMilliseconds(1)))
            Assert.True(Time < limit, Trail());
        Pass(TimeSpan.FromMilliseconds(8 * random.NextDouble()));
        if (!_isDead) Kill(victim);
        if (random.Next(2) == 0) Pass(TimeSpan.FromSeconds(random.Next(1, 9))); // the router notices it sooner or later
        if (victim == Source) Fabric.Entrance = Target;
        connection.IsReading = true;
        connection.Write(random.Next(1, 30_000), Time);

        PumpInTime(
            () => connection.State == TcpState.Closed || connection.Received.Count == connection.Written, TimeSpan.FromMinutes(5),
            "the echo, or a RST of the node that is left");
        Pass(TimeSpan.FromSeconds(12)); // until the cluster has removed the dead node
        var living = victim == Source ? Target : Source;
        PumpInTime(
            () => ConnectionsOf(living).All(one => one.Phase == "Software"), TimeSpan.FromMinutes(5), "the end of the handoff");
        VerifyOneEmitter(victim);
        VerifyEnd(connection, victim, living);
    }

    /// <summary>
    /// Lets the victim die at the first message of a kind: with the message, which is lost; just before it arrives; or after it.
    /// Returns what tells whether there was such a message.
    /// </summary>
    private Func<bool> KillAt(string step, string victim, Random random)
    {
        var hasStep = false;
        var (isBefore, isLost) = (random.Next(3) > 0, random.Next(2) == 0);
        Cluster.Loses = message =>
        {
            if (hasStep || message.Message.GetType().Name != step) return false;
            hasStep = true;
            if (!isBefore) return false;
            Kill(victim);
            return isLost || message.To == victim;
        };
        return () => hasStep;
    }

    private void Kill(string victim)
    {
        _isDead = true;
        _sentBefore = Fabric.Sent.Count;
        Cluster.Crash(victim);
        Fabric.Kill(victim);
    }

    /// <summary>First the source emits, then the target or again the source, and the dead node nothing more.</summary>
    private void VerifyOneEmitter(string victim)
    {
        Assert.DoesNotContain(Fabric.Sent.Skip(_sentBefore), segment => segment.Node == victim);
        var emitters = new List<string>();
        foreach (var (node, flags, _, _) in Fabric.Sent)
        {
            if ((flags & TcpFlags.Rst) == 0 && emitters.LastOrDefault() != node) emitters.Add(node);
        }

        Assert.Contains(string.Join(',', emitters), new[] { Source, $"{Source},{Target}" });
    }

    /// <summary>
    /// A connection that a living node has goes on. One that the dead node alone had, or may have had, ends with a RST.
    /// </summary>
    private void VerifyEnd(PeerConnection connection, string victim, string living)
    {
        TestPattern.Verify(connection.Received.ToArray(), 0, salt: 1);
        if (ConnectionsOf(living).Count > 0)
        {
            VerifyEcho(connection, (int)connection.Written);
            Assert.DoesNotContain(Fabric.Sent, segment => (segment.Flags & TcpFlags.Rst) != 0);
            return;
        }

        if (connection.State != TcpState.Closed) connection.Write(1, Time); // the peer had no reason to ask yet
        PumpInTime(() => connection.State == TcpState.Closed, TimeSpan.FromMinutes(5), $"the RST; delivered were\n{Trail()}");
        Assert.Contains(Fabric.Sent, segment => segment.Node == living && (segment.Flags & TcpFlags.Rst) != 0);
        var isTransferred = Cluster.Sent.Any(message => message.Message is HandoffMessage.Transfer);
        var isTakenOver = Cluster.Delivered.Any(message => message.Message is HandoffMessage.TakenOver);
        if (victim == Target) Assert.True(isTransferred, $"the source had the connection:\n{Trail()}");
        else Assert.False(isTakenOver, $"the target had the connection:\n{Trail()}");
    }

    private static int HashCode(string step, string victim, int seed) =>
        seed + (1_000 * Array.IndexOf(Steps, step)) + (100_000 * victim[0]);
}
