using ActorStack.Actors.Cluster;
using ActorStack.Actors.Cluster.Balance;

namespace ActorStack.Actors.Tests.Cluster;

public sealed class LoadReaderTests
{
    private readonly Nodes _network = new();

    [Fact]
    public void Bytes_a_second_follow_from_two_readings()
    {
        var reader = new LoadReader(BalanceMeasure.Bytes);
        _network.Work["b"] = new NodeWork(500, default);
        Assert.Null(reader.Read(_network, 7, new NodeWork(1_000, default), TimeSpan.FromSeconds(1)));
        _network.Work["b"] = new NodeWork(500, default);
        Assert.Equal("a=2000 b=0", Show(reader.Read(_network, 7, new NodeWork(5_000, default), TimeSpan.FromSeconds(3))));
        _network.Work["b"] = new NodeWork(4_500, default);
        Assert.Equal("a=0 b=1000", Show(reader.Read(_network, 7, new NodeWork(5_000, default), TimeSpan.FromSeconds(7))));
    }

    [Fact]
    public void Processor_time_is_told_in_thousandths_of_a_processor()
    {
        var reader = new LoadReader(BalanceMeasure.Processor);
        _network.Work["b"] = default;
        reader.Read(_network, 7, default, TimeSpan.Zero);
        _network.Work["b"] = new NodeWork(0, TimeSpan.FromSeconds(3));
        var own = new NodeWork(0, TimeSpan.FromMilliseconds(10));
        Assert.Equal("a=5 b=1500", Show(reader.Read(_network, 7, own, TimeSpan.FromSeconds(2))));
    }

    [Theory]
    [InlineData(null)] // it has not told it
    [InlineData(100L)] // it has started anew
    [InlineData(long.MinValue)] // nonsense
    [InlineData(1L << 60)]
    public void The_load_is_not_known_where_that_of_a_node_is_not(long? bytes)
    {
        var reader = new LoadReader(BalanceMeasure.Bytes);
        _network.Work["b"] = new NodeWork(500, default);
        reader.Read(_network, 7, default, TimeSpan.Zero);
        if (bytes is { } told) _network.Work["b"] = new NodeWork(told, default);
        else _network.Work.Remove("b");
        Assert.Null(reader.Read(_network, 7, default, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Connections_need_no_second_reading()
    {
        Assert.Equal("a=7 b=3", Show(new LoadReader(BalanceMeasure.Connections).Read(_network, 7, default, TimeSpan.Zero)));
        _network.Connections = null;
        Assert.Null(new LoadReader(BalanceMeasure.Connections).Read(_network, 7, default, TimeSpan.Zero));
    }

    private static string Show(IReadOnlyDictionary<string, long>? load) =>
        string.Join(' ', load!.OrderBy(one => one.Key).Select(one => $"{one.Key}={one.Value}"));

    private sealed class Nodes : INodeNetwork
    {
        public Dictionary<string, NodeWork> Work { get; } = [];

        public long? Connections { get; set; } = 3;

        public string Self => "a";

        public bool IsCluster => true;

        IReadOnlyCollection<ClusterNode> INodeNetwork.Nodes =>
            [new ClusterNode("a", 1, "10.0.0.1:1", ""), new ClusterNode("b", 1, "10.0.0.2:1", "")];

        public bool MayEmit => true;

        public long? ConnectionsOf(string node) => Connections;

        public NodeWork? WorkOf(string node) => Work.TryGetValue(node, out var work) ? work : null;

        public void Send(string node, NodeMessage message) => throw new NotSupportedException();

        public void Attach(INodeObserver observer) => throw new NotSupportedException();

        public void Report(Func<long> connections, Func<NodeWork> work) => throw new NotSupportedException();
    }
}
