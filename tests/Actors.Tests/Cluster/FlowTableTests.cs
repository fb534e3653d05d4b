using ActorStack.Actors.Cluster.Directory;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Cluster;

public sealed class FlowTableTests
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(3);
    private static readonly FlowKey Flow = FlowOf(1);

    private readonly FlowTable _table = new(capacity: 2, Lifetime);

    [Fact]
    public void The_highest_epoch_wins_in_every_order()
    {
        Announce("a", 3);
        Announce("b", 2);
        Assert.Equal(("a", 3), _table.Find(Flow));
        Announce("b", 4);
        Assert.Equal(("b", 4), _table.Find(Flow));
    }

    [Fact]
    public void Of_one_epoch_the_later_announcement_counts()
    {
        Announce("a", 1);
        Announce("b", 1);
        Assert.Equal(("b", 1), _table.Find(Flow));
    }

    [Fact]
    public void An_owner_withdraws_what_it_owned_and_not_what_another_took_over()
    {
        Announce("a", 1);
        Announce("b", 2);
        _table.Withdraw("a", Flow);
        Assert.Equal(("b", 2), _table.Find(Flow));
        _table.Withdraw("b", Flow);
        Assert.Null(_table.Find(Flow));
    }

    [Fact]
    public void An_owner_lowers_its_own_entry_so_that_a_new_connection_of_another_node_counts()
    {
        Announce("a", 5);
        Announce("a", FlowRank.Remembered);
        Assert.Equal(("a", FlowRank.Remembered), _table.Find(Flow));
        Announce("b", FlowRank.HalfOpen);
        Announce("a", FlowRank.Remembered);
        Assert.Equal(("b", FlowRank.HalfOpen), _table.Find(Flow));
        Announce("c", 0);
        Announce("b", FlowRank.HalfOpen);
        Assert.Equal(("c", 0), _table.Find(Flow));
    }

    [Fact]
    public void The_flows_of_an_owner_that_is_removed_are_forgotten()
    {
        Announce("a", 1);
        _table.RemoveOwner("a");
        Assert.Equal(0, _table.Count);
    }

    [Fact]
    public void A_flow_that_is_not_announced_anew_expires()
    {
        Announce("a", 1);
        _table.Announce("b", FlowOf(2), 1, Lifetime);
        _table.Expire(Lifetime + TimeSpan.FromTicks(1));
        Assert.Null(_table.Find(Flow));
        Assert.NotNull(_table.Find(FlowOf(2)));
    }

    [Fact]
    public void A_full_table_keeps_what_it_has()
    {
        for (var port = 1; port <= 3; port++) _table.Announce("a", FlowOf(port), 1, TimeSpan.Zero);
        Assert.True(_table.IsFull);
        Assert.Equal(2, _table.Count);
        Announce("b", 2);
        Assert.Equal(("b", 2), _table.Find(Flow));
        Assert.Null(_table.Find(FlowOf(3)));
    }

    [Fact]
    public void The_slots_that_a_node_holds_no_more_are_forgotten()
    {
        Announce("a", 1);
        _table.Retain(slot => slot == SlotTable.SlotOf(Flow));
        Assert.Equal(1, _table.Count);
        _table.Retain(slot => slot != SlotTable.SlotOf(Flow));
        Assert.Equal(0, _table.Count);
    }

    private static FlowKey FlowOf(int port) => new(
        new TcpEndpoint(IpAddress.Parse("10.9.0.1"), 7), new TcpEndpoint(IpAddress.Parse("10.0.0.9"), (ushort)port));

    private void Announce(string owner, long epoch) => _table.Announce(owner, Flow, epoch, TimeSpan.Zero);
}
