using ActorStack.Tests.Common;
using ActorStack.Transport.Links.Steering;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Linux;

public sealed class NftablesNetlinkTests
{
    private const byte Family = NftablesNetlink.FamilyIPv4;
    private const string Table = "test";
    private const string Map = "map";

    [LinuxFact]
    public void A_transaction_makes_one_generation_and_one_of_another_program_too()
    {
        using var place = NetworkNamespace.Create("nftables");
        using var nftables = place.Run(() => new NftablesNetlink());
        var before = nftables.ReadGeneration();
        Assert.Equal(0, nftables.Commit(WithMap()));
        Assert.Equal(0, nftables.Commit(With([1, 2, 3], mark: 7)));
        Assert.Equal((before + 2, 2u), (nftables.ReadGeneration(), nftables.Commits));
        place.Execute("nft", "add", "table", "ip", "other");
        Assert.Equal((before + 3, 2u), (nftables.ReadGeneration(), nftables.Commits));
    }

    [LinuxFact]
    public void The_error_of_the_first_change_that_fails_is_told_and_nothing_is_changed()
    {
        using var place = NetworkNamespace.Create("nftables");
        using var nftables = place.Run(() => new NftablesNetlink());
        Assert.Equal(0, nftables.Commit(WithMap()));
        var transaction = With([1], mark: 7).RemoveTable(Family, "none").AddTable(Family, "new");
        Assert.Equal(Libc.ENOENT, nftables.Commit(transaction));
        Assert.Equal(1u, nftables.Commits);
        Assert.Empty(Read(nftables));
        Assert.DoesNotContain("new", place.Execute("nft", "list", "tables"));
        Assert.Equal(0, nftables.Commit(With([2], mark: 8)));
        Assert.Equal([(2, 8u)], Read(nftables));
    }

    [LinuxFact]
    public void As_many_elements_as_a_message_may_have_are_added_and_read()
    {
        using var place = NetworkNamespace.Create("nftables");
        using var nftables = place.Run(() => new NftablesNetlink());
        int[] all = [.. Enumerable.Range(1, NftablesElements.Most)];
        Assert.Equal(0, nftables.Commit(WithMap()));
        Assert.Equal(0, nftables.Commit(With(all, mark: 9)));
        Assert.Equal(all.Select(number => (number, 9u)), Read(nftables).Order());
    }

    [Theory]
    [InlineData("10.9.0.1", "10.1.0.2", "0a010002 9c410000 0a090001 00070000")]
    [InlineData("fd00:9::1", "fd00:1::2",
        "fd000001000000000000000000000002 9c410000 fd000009000000000000000000000001 00070000")]
    public void The_key_of_a_flow_is_what_an_arriving_segment_has(string local, string remote, string expected)
    {
        var flow = new FlowKey(
            new TcpEndpoint(IpAddress.Parse(local), 7), new TcpEndpoint(IpAddress.Parse(remote), 40_001));
        var key = SteeringKey.Write(flow, new byte[SteeringKey.MaximumLength]);
        Assert.Equal(Convert.FromHexString(expected.Replace(" ", "")), key);
        Assert.Equal(flow, SteeringKey.Read(key));
    }

    private static NftablesTransaction WithMap() => new NftablesTransaction().AddTable(Family, Table)
        .AddMap(Family, Table, Map, SteeringKey.Type(isIPv6: true), (uint)SteeringKey.MaximumLength, capacity: 10_000);

    private static NftablesTransaction With(int[] numbers, uint mark)
    {
        var transaction = new NftablesTransaction();
        using var elements = transaction.AddElements(Family, Table, Map);
        var key = new byte[SteeringKey.MaximumLength];
        foreach (var number in numbers)
        {
            BitConverter.TryWriteBytes(key, number);
            elements.Add(key, mark);
        }

        return transaction;
    }

    private static List<(int Number, uint Mark)> Read(NftablesNetlink nftables)
    {
        List<(int Number, uint Mark)> elements = [];
        Assert.True(nftables.ReadElements(Family, Table, Map, (key, mark) => elements.Add((BitConverter.ToInt32(key), mark))));
        return elements;
    }
}
