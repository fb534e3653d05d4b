using ActorStack.Actors.Cluster;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.TestKit.Cluster;

namespace ActorStack.Actors.Tests.Cluster;

/// <summary>The double that the tests of the handoff stand on keeps the promises of <see cref="INodeNetwork"/>.</summary>
public sealed class SimulatedClusterTests
{
    private const int Count = 200;

    [Fact]
    public void Messages_between_two_nodes_arrive_in_order()
    {
        var (cluster, nodes) = Start(new SimulatedClusterSettings { GreatestDelay = TimeSpan.FromMilliseconds(50) }, "a", "b");
        SendAll(cluster["a"], "b");
        cluster.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Enumerable.Range(0, Count).Select(i => (long)i), nodes["b"].Epochs);
        Assert.Empty(cluster.InFlight);
    }

    [Fact]
    public void Messages_are_lost_duplicated_and_reordered_as_the_seed_says()
    {
        var settings = new SimulatedClusterSettings
        {
            GreatestDelay = TimeSpan.FromMilliseconds(50),
            Loss = 0.1,
            Duplication = 0.1,
            Reordering = 0.5,
            Seed = 7,
        };
        var first = Received(settings);
        Assert.Equal(first, Received(settings));
        Assert.NotEqual(first, Received(settings with { Seed = 8 }));
        Assert.NotEqual(first.Order(), first);
        Assert.InRange(first.Distinct().Count(), Count * 0.8, Count * 0.97);
        Assert.True(first.Count > first.Distinct().Count());

        static List<long> Received(SimulatedClusterSettings settings)
        {
            var (cluster, nodes) = Start(settings, "a", "b");
            SendAll(cluster["a"], "b");
            cluster.Advance(TimeSpan.FromSeconds(1));
            return nodes["b"].Epochs;
        }
    }

    [Fact]
    public void The_test_delivers_loses_and_duplicates_by_hand()
    {
        var (cluster, nodes) = Start(new SimulatedClusterSettings { IsManual = true }, "a", "b");
        for (var epoch = 1; epoch <= 3; epoch++) cluster["a"].Send("b", Message(epoch));
        cluster.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(nodes["b"].Epochs);
        var flight = cluster.InFlight;
        cluster.Deliver(flight[2]);
        cluster.Lose(flight[1]);
        cluster.Deliver(flight[0]);
        cluster.Deliver(cluster.Duplicate(flight[0]));
        Assert.Equal([3, 1, 1], nodes["b"].Epochs);
        Assert.Empty(cluster.InFlight);
    }

    [Fact]
    public void A_partition_takes_the_lease_of_the_minority_before_the_majority_hears_of_its_removal()
    {
        var (cluster, nodes) = Start(new SimulatedClusterSettings(), "a", "b", "c");
        cluster.Partition("c");
        var lostAt = TimeSpan.MaxValue;
        while (nodes["a"].Removed.Count == 0)
        {
            cluster.Advance(TimeSpan.FromMilliseconds(100));
            if (!cluster["c"].MayEmit && lostAt == TimeSpan.MaxValue) lostAt = cluster.Now;
            Assert.True(cluster["a"].MayEmit && cluster["b"].MayEmit);
        }

        Assert.True(lostAt < cluster.Now);
        Assert.Equal(["c"], nodes["b"].Removed);
        Assert.Equal(["a", "b"], cluster["a"].Nodes.Select(node => node.Name).Order());
        cluster.Heal();
        cluster.Advance(TimeSpan.FromSeconds(10));
        Assert.False(cluster["c"].MayEmit);
    }

    [Fact]
    public void A_node_that_stood_still_has_no_lease_when_it_goes_on()
    {
        var (cluster, nodes) = Start(new SimulatedClusterSettings(), "a", "b", "c");
        cluster.Suspend("b");
        cluster["a"].Send("b", Message(1));
        cluster.Advance(TimeSpan.FromSeconds(3));
        Assert.False(cluster["b"].MayEmit);
        Assert.Empty(nodes["b"].Epochs);
        cluster.Resume("b");
        Assert.False(cluster["b"].MayEmit);
        cluster.Advance(TimeSpan.FromMilliseconds(300));
        Assert.True(cluster["b"].MayEmit);
        Assert.Equal([1], nodes["b"].Epochs);
    }

    [Fact]
    public void A_crashed_node_is_removed_and_may_start_again()
    {
        var (cluster, nodes) = Start(new SimulatedClusterSettings(), "a", "b", "c");
        cluster.Crash("b");
        cluster.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty(nodes["a"].Removed);
        cluster.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(["b"], nodes["a"].Removed);
        var again = cluster.Join("b");
        cluster.Advance(TimeSpan.Zero);
        Assert.Equal(["b", "c", "b"], nodes["a"].Joined);
        Assert.True(again.Node.Incarnation > 2);
        Assert.True(again.MayEmit);
    }

    private static void SendAll(SimulatedNode from, string to)
    {
        for (var i = 0; i < Count; i++) from.Send(to, Message(i));
    }

    private static HandoffMessage.Prepared Message(long epoch) => new("a-1-1", epoch);

    private static (SimulatedCluster Cluster, Dictionary<string, Recorder> Nodes) Start(
        SimulatedClusterSettings settings, params string[] names)
    {
        var cluster = new SimulatedCluster(settings);
        var nodes = new Dictionary<string, Recorder>();
        foreach (var name in names)
        {
            nodes[name] = new Recorder();
            cluster.Join(name).Attach(nodes[name]);
        }

        cluster.Advance(TimeSpan.Zero);
        return (cluster, nodes);
    }

    private sealed class Recorder : INodeObserver
    {
        public List<long> Epochs { get; } = [];

        public List<string> Joined { get; } = [];

        public List<string> Removed { get; } = [];

        public void OnMessage(string node, NodeMessage message) => Epochs.Add(((HandoffMessage)message).Epoch);

        public void OnNodeJoined(ClusterNode node) => Joined.Add(node.Name);

        public void OnNodeRemoved(ClusterNode node) => Removed.Add(node.Name);
    }
}
