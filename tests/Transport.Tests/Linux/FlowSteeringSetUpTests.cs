using ActorStack.Tests.Common;
using ActorStack.Transport.Links.Steering;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;
using Way = ActorStack.Transport.Tests.Linux.SteeringStage.Way;

namespace ActorStack.Transport.Tests.Linux;

/// <summary>What steering sets up on its host: how it comes, stays and goes.</summary>
public sealed class FlowSteeringSetUpTests
{
    /// <summary>A command, and the part of the set-up that it takes away.</summary>
    public static TheoryData<string, string> Losses { get; } = new()
    {
        { "nft flush ruleset", "nftables tables of the steering" },
        { "nft delete table ip actorstack-as0", "nftables tables of the steering" },
        { "nft flush table ip6 actorstack-as0", "nftables tables of the steering" },
        { "nft flush map ip actorstack-as0 owners", "nftables tables of the steering" },
        { "nft delete element ip6 actorstack-as0 owners '{ fd00:1::2 . 1 . fd00:9::1 . 7 }'", "nftables tables of the steering" },
        { "nft add element ip actorstack-as0 owners '{ 10.1.0.2 . 9 . 10.9.0.1 . 7 : 5 }'", "nftables tables of the steering" },
        {
            "ip rule flush; ip rule add pref 32766 lookup main; ip rule add pref 32767 lookup default",
            "rules and routes of the steering"
        },
        { "ip -6 rule flush; ip -6 rule add pref 32766 lookup main", "rules and routes of the steering" },
        {
            "ip route flush table $(ip rule | sed -n 's/.*fwmark.*lookup //p'); "
                + "ip -6 route flush table $(ip -6 rule | sed -n 's/.*fwmark.*lookup //p')",
            "rules and routes of the steering"
        },
        { "ip link del actorstack-vx", "device actorstack-vx" },
        { "ip link set actorstack-vx address 02:00:00:00:00:01", "device actorstack-vx" },
        { "ip link set actorstack-vx down", "state of actorstack-vx" },
        { "ip link set actorstack-vx mtu 1300", "state of actorstack-vx" },
        { "ip address flush dev actorstack-vx", "address of actorstack-vx" },
        { "sysctl -q -w net.ipv4.conf.actorstack-vx.rp_filter=1", "system controls of the steering" },
    };

    [LinuxTheory]
    [MemberData(nameof(Losses))]
    public async Task What_is_taken_away_is_put_back_with_all_flows(string command, string part)
    {
        using var stage = new SteeringStage(Way.TunnelV4);
        FlowKey[] flows = [.. SteeringNetwork.Virtual.SelectMany(
            address => Enumerable.Range(1, 3).Select(port => SteeringNetwork.Flow(address, (ushort)port)))];
        stage.Steering.Add(flows, stage.Second);
        var before = SteeringStage.Traces(stage.Network.First);

        stage.Network.First.Execute("sh", "-c", command);

        await Until.TrueAsync(() => stage.Changes.Any(change => change.Part == part));
        Assert.All(stage.Changes, change => Assert.Equal(HostChangeOutcome.Restored, change.Outcome));
        await Until.TrueAsync(() => stage.Traces() == before);
    }

    [LinuxFact]
    public void A_flow_that_is_added_just_after_the_tables_were_flushed_is_steered_with_the_others()
    {
        using var stage = new SteeringStage();
        var first = SteeringNetwork.Flow(VirtualNetwork.Virtual4, 1);
        var second = SteeringNetwork.Flow(VirtualNetwork.Virtual6, 2);
        stage.Steering.Add(first, stage.Second);
        stage.Network.First.Execute("nft", "flush", "ruleset");
        stage.Steering.Add(second, stage.Second);
        Assert.Equal([first, second], FlowSteeringTests.InKernel(stage));
    }

    [LinuxTheory]
    [InlineData(nameof(Way.Segment))]
    [InlineData(nameof(Way.TunnelV4))]
    [InlineData(nameof(Way.TunnelV6))]
    public void Closing_leaves_the_namespace_as_it_was(string way)
    {
        using var stage = new SteeringStage(Enum.Parse<Way>(way));
        stage.Steering.Add(SteeringNetwork.Flow(VirtualNetwork.Virtual4, 1), stage.Second);
        stage.Steering.Dispose();
        var traces = stage.Traces();
        Assert.DoesNotContain("actorstack", traces);
        Assert.DoesNotContain("fwmark", traces);
        Assert.DoesNotContain("encap", traces);
        Assert.DoesNotContain($"{stage.Network.SecondAddresses[0]}", traces);
    }

    [LinuxTheory]
    [InlineData(nameof(Way.Segment))]
    [InlineData(nameof(Way.TunnelV4))]
    public void What_a_killed_predecessor_left_is_replaced_and_then_removed(string way)
    {
        using var stage = new SteeringStage(Enum.Parse<Way>(way));
        stage.Steering.Dispose();
        var before = stage.Traces();

        // Never disposed and not watched over, as if killed: whatever it set up stays.
        var settings = stage.FirstSettings with { TunnelAddress = null };
        stage.Network.First.Run(() =>
        {
            SteeringMap.Install(settings).Set(
                [SteeringNetwork.Flow(VirtualNetwork.Virtual4, 1), SteeringNetwork.Flow(VirtualNetwork.Virtual6, 1)], 0xAD);
            var routes = new SteeringRoutes(settings);
            routes.Install();
            for (var number = 0; number < 3; number++) routes.Add(number, new DeviceHop("as0"));
        });
        if (stage.FirstSettings.TunnelAddress is not null)
        {
            stage.Network.First.Ip(
                "link", "add", "actorstack-vx", "address", "02:00:00:00:00:01", "type", "vxlan", "external", "dstport", "4789");
        }

        Assert.Contains("fwmark", stage.Traces());
        var successor = stage.Network.First.Run(() => KernelFlowSteering.Open(stage.FirstSettings));
        Assert.Empty(FlowSteeringTests.InKernel(stage));
        Assert.DoesNotContain("fwmark", stage.Traces());
        successor.Dispose();
        Assert.Equal(before, stage.Traces());
    }

    [LinuxFact]
    public void Steerings_of_unlike_names_share_a_tunnel_until_the_last_is_closed()
    {
        using var stage = new SteeringStage(Way.TunnelV4);
        var alone = stage.Traces();
        var other = stage.Network.First.Run(() => KernelFlowSteering.Open(stage.FirstSettings with { Name = "as1" }));
        other.AddTarget(stage.HopToSecond);
        other.Dispose();
        Assert.Empty(stage.Changes);
        Assert.Equal(alone, stage.Traces());
        stage.Steering.Dispose();
        Assert.DoesNotContain("vxlan", stage.Network.First.Ip("-d", "link"));
    }

    [LinuxFact]
    public void A_way_that_cannot_be_is_refused_with_what_to_do_and_leaves_nothing()
    {
        using var stage = new SteeringStage(Way.TunnelV4);
        var before = stage.Traces();
        var (first, second) = (stage.Network.FirstAddresses, stage.Network.SecondAddresses);
        Refused(new DeviceHop("none"), "no device none");
        Refused(new NeighbourHop(second), "behind a router");
        Refused(new NeighbourHop(first), "address of this host");
        Refused(new NeighbourHop(IpAddress.Parse("10.2.0.1")), "IPv6 address on the segment");
        Refused(new NeighbourHop(), "has no address");
        Refused(new TunnelHop(second[1]), "one IP version");
        Refused(new TunnelHop(first[0]), "own tunnel address");
        Assert.Equal(before, stage.Traces());

        void Refused(NextHop nextHop, string reason) =>
            Assert.Contains(reason, Assert.Throws<LinuxException>(() => stage.Steering.AddTarget(nextHop)).Message);
    }

    [LinuxFact]
    public void Without_a_tunnel_no_tunnel_leads_anywhere()
    {
        using var stage = new SteeringStage();
        var nextHop = new TunnelHop(stage.Network.SecondAddresses[0]);
        var error = Assert.Throws<LinuxException>(() => stage.Steering.AddTarget(nextHop));
        Assert.Contains("tunnel address", error.Message);
    }

    [LinuxFact]
    public void A_tunnel_that_cannot_be_is_refused_with_what_to_do_and_leaves_nothing()
    {
        using var network = new SteeringNetwork();
        var before = SteeringStage.Traces(network.First);
        var settings = new FlowSteeringSettings("as0", SteeringNetwork.Virtual);
        Refused(settings with { TunnelAddress = network.SecondAddresses[0] }, "no address of this host");
        network.First.Ip("link", "add", "other", "type", "vxlan", "external", "dstport", "4789");
        network.First.Ip("link", "set", "other", "up");
        Refused(settings with { TunnelAddress = network.FirstAddresses[0] }, "another port");
        Refused(settings with { TunnelAddress = network.FirstAddresses[0], TunnelDevice = "n0" }, "choose another name");
        network.First.Ip("link", "del", "other");
        Assert.Equal(before, SteeringStage.Traces(network.First));

        void Refused(FlowSteeringSettings refused, string reason)
        {
            var error = Assert.Throws<LinuxException>(() => network.First.Run(() => KernelFlowSteering.Open(refused)));
            Assert.Contains(reason, error.Message);
        }
    }

    [LinuxFact]
    public void A_full_steering_refuses_further_flows_and_keeps_those_it_has()
    {
        using var stage = new SteeringStage();
        using var small = stage.Network.First.Run(
            () => KernelFlowSteering.Open(new FlowSteeringSettings("small", SteeringNetwork.Virtual) { Capacity = 2 }));
        var target = small.AddTarget(stage.HopToSecond);
        FlowKey[] flows = [.. Enumerable.Range(1, 3).Select(port => SteeringNetwork.Flow(VirtualNetwork.Virtual4, (ushort)port))];
        small.Add(flows.AsSpan(0, 2), target);
        Assert.Contains("full", Assert.Throws<LinuxException>(() => small.Add(flows[2], target)).Message);
        Assert.Equal(2, small.Count);
        small.Remove(flows[0]);
        small.Add(flows[2], target);
    }

    [LinuxTheory]
    [InlineData("1", "0", "2")]
    [InlineData("0", "1", "2")]
    [InlineData("0", "0", "0")]
    public void The_device_of_a_neighbour_filters_loosely_where_it_would_filter_strictly(string all, string own, string expected)
    {
        using var stage = new SteeringStage();
        var second = stage.Network.Second;
        second.SetSystemControl("ipv4/conf/all/rp_filter", all);
        second.SetSystemControl("ipv4/conf/n0/rp_filter", own);
        stage.SecondSteering!.AddTarget(new NeighbourHop(stage.Network.FirstAddresses));
        Assert.Equal(expected, Read());
        stage.SecondSteering.Dispose();
        Assert.Equal(own, Read());

        string Read() => second.Run(() => File.ReadAllText("/proc/sys/net/ipv4/conf/n0/rp_filter").Trim());
    }

    [LinuxFact]
    public void A_flow_of_another_address_is_refused()
    {
        using var stage = new SteeringStage();
        var flow = SteeringNetwork.Flow(IpAddress.Parse("10.9.0.99"), 1);
        Assert.Throws<ArgumentException>(() => stage.Steering.Add(flow, stage.Second));
    }

    [LinuxFact]
    public void Behind_a_rule_that_goes_before_its_own_no_target_is_taken()
    {
        using var stage = new SteeringStage();
        stage.Network.First.Ip("rule", "add", "pref", "5", "lookup", "main");
        var error = Assert.Throws<LinuxException>(() => stage.Steering.AddTarget(stage.HopToSecond));
        Assert.Contains("another rule", error.Message);
    }
}
