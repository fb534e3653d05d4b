using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Wire;

public sealed class FlowSpreadTests
{
    [Theory]
    [InlineData("10.9.0.1", "10.8.0.2")]
    [InlineData("fd00:9::1", "fd00:8::2")]
    public void Both_directions_of_a_flow_have_the_same_loop(string local, string remote)
    {
        var spread = new FlowSpread(16, key: 7);
        Assert.All(Flows(local, remote, 1_000), flow => Assert.Equal(spread.IndexOf(flow), spread.IndexOf(flow.Reversed)));
    }

    [Theory]
    [InlineData("10.9.0.1", "10.8.0.2", 2)]
    [InlineData("10.9.0.1", "10.8.0.2", 3)]
    [InlineData("fd00:9::1", "fd00:8::2", 16)]
    public void Flows_are_spread_evenly(string local, string remote, int loops)
    {
        const int Count = 16_000;
        for (var key = 0ul; key < 20; key++)
        {
            var spread = new FlowSpread(loops, key);
            var counts = Flows(local, remote, Count).CountBy(flow => spread.IndexOf(flow))
                .ToDictionary(pair => pair.Key, pair => pair.Value);
            Assert.Equal(loops, counts.Count);
            Assert.All(counts.Values, count => Assert.InRange(count, Count / loops / 2, Count / loops * 2));
        }
    }

    /// <summary>Linux gives a client ports that are two apart, one after another.</summary>
    [Fact]
    public void The_neighbouring_ports_of_one_client_are_spread_under_every_key()
    {
        for (var key = 0ul; key < 500; key++)
        {
            var spread = new FlowSpread(3, key);
            var counts = Flows("10.9.0.1", "10.8.0.2", 200).Where(flow => flow.Remote.Port % 2 == 0)
                .CountBy(flow => spread.IndexOf(flow));
            Assert.Equal(3, counts.Count());
            Assert.All(counts, loop => Assert.InRange(loop.Value, 10, 60));
        }
    }

    /// <summary>An IPv6 source has 2^64 addresses, and so can choose them as it likes together with the ports.</summary>
    [Fact]
    public void Addresses_and_ports_that_cancel_each_other_out_lead_to_different_loops_under_different_keys()
    {
        var local = new TcpEndpoint(IpAddress.Parse("fd00:9::1"), 7);
        var chosen = Enumerable.Range(1, 1_000)
            .Select(port => new FlowKey(local, new TcpEndpoint(IpAddress.Parse($"fd00:8::{port:x}"), (ushort)port))).ToList();
        var keys = Enumerable.Range(0, 10).Select(key => new FlowSpread(4, (ulong)key)).ToList();
        Assert.All(keys, spread => Assert.Equal(4, chosen.Select(flow => spread.IndexOf(flow)).Distinct().Count()));
    }

    [Fact]
    public void One_loop_has_all_flows() =>
        Assert.All(Flows("10.9.0.1", "10.8.0.2", 100), flow => Assert.Equal(0, FlowSpread.OneLoop.IndexOf(flow)));

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    public void There_are_as_many_loops_as_may_be(int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new FlowSpread(count, key: 1));

    private static IEnumerable<FlowKey> Flows(string local, string remote, int count) => Enumerable.Range(1, count).Select(port =>
        new FlowKey(new TcpEndpoint(IpAddress.Parse(local), 7), new TcpEndpoint(IpAddress.Parse(remote), (ushort)port)));
}
