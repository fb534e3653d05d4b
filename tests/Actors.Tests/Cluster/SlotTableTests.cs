using ActorStack.Actors.Cluster.Directory;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Cluster;

public sealed class SlotTableTests
{
    private static readonly string[] Three = ["a", "b", "c"];

    [Fact]
    public void Every_node_makes_the_same_table_of_the_same_members()
    {
        var (one, other) = (new SlotTable(Three), new SlotTable([.. Three.Reverse()]));
        Assert.All(Slots, slot => Assert.Equal(one.HoldersOf(slot), other.HoldersOf(slot)));
    }

    [Fact]
    public void Two_nodes_hold_each_slot_and_one_where_there_is_one()
    {
        var table = new SlotTable(Three);
        Assert.All(Slots, slot => Assert.Equal(2, table.HoldersOf(slot).Distinct().Count()));
        Assert.All(Slots, slot => Assert.Equal(["a"], new SlotTable(["a"]).HoldersOf(slot)));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    public void The_slots_are_spread_over_the_nodes(int nodes)
    {
        var table = new SlotTable([.. Enumerable.Range(0, nodes).Select(i => $"web-{i}")]);
        var share = 2 * SlotTable.Count / nodes;
        for (var i = 0; i < nodes; i++) Assert.InRange(Slots.Count(slot => table.Holds($"web-{i}", slot)), share / 2, share * 2);
    }

    [Fact]
    public void A_node_that_goes_moves_its_own_slots_only()
    {
        var (before, after) = (new SlotTable([.. Three, "d"]), new SlotTable(Three));
        Assert.All(
            Slots.Where(slot => !before.Holds("d", slot)), slot => Assert.Equal(before.HoldersOf(slot), after.HoldersOf(slot)));
        Assert.All(
            Slots.Where(slot => before.Holds("d", slot)),
            slot => Assert.Contains(before.HoldersOf(slot).Single(node => node != "d"), after.HoldersOf(slot)));
    }

    [Fact]
    public void The_flows_are_spread_over_the_slots()
    {
        var counts = new int[SlotTable.Count];
        for (var port = 0; port < 50_000; port++) counts[SlotTable.SlotOf(FlowOf(port))]++;
        Assert.All(counts, count => Assert.InRange(count, 100, 300));
    }

    [Fact]
    public void The_slot_of_a_flow_never_changes_between_builds() =>
        Assert.Equal([239, 27, 62], new[] { FlowOf(1), FlowOf(2), FlowOf(65_535) }.Select(flow => SlotTable.SlotOf(flow)));

    private static IEnumerable<int> Slots => Enumerable.Range(0, SlotTable.Count);

    private static FlowKey FlowOf(int port) => new(
        new TcpEndpoint(IpAddress.Parse("10.9.0.1"), 7), new TcpEndpoint(IpAddress.Parse("10.0.0.9"), (ushort)port));
}
