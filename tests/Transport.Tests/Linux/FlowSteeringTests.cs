using System.Net;
using System.Net.Sockets;
using ActorStack.Tests.Common;
using ActorStack.Transport.Engines.Kernel;
using ActorStack.Transport.Links;
using ActorStack.Transport.Links.Steering;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;
using Way = ActorStack.Transport.Tests.Linux.SteeringStage.Way;

namespace ActorStack.Transport.Tests.Linux;

/// <summary>The kernel sends segments of moved flows on to their new owners.</summary>
public sealed class FlowSteeringTests
{
    private const ushort Moved = 40_001;
    private const ushort Other = 40_002;

    public static TheoryData<string, string> Ways
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var way in Enum.GetNames<Way>())
            {
                data.Add(way, "10.9.0.1");
                data.Add(way, "fd00:9::1");
            }

            return data;
        }
    }

    [LinuxTheory]
    [MemberData(nameof(Ways))]
    public async Task A_steered_flow_runs_at_its_new_owner_and_its_super_segments_stay_whole(string way, string address)
    {
        using var stage = new SteeringStage(Enum.Parse<Way>(way));
        var flow = SteeringNetwork.Flow(IpAddress.Parse(address), Moved);
        stage.Steering.Add(flow, stage.Second);
        using var client = await stage.Network.ConnectAsync(flow);
        var echo = Streams.EchoAsync(stage.SecondHost.Accept().Pipe);

        var (sent, received) = await Streams.ExchangeAsync(client, 16 << 20);

        Assert.Equal(sent, received);
        await echo;
        Assert.Equal(0, stage.FirstLink.Statistics.FramesReceived);
        var statistics = stage.SecondLink.Statistics;
        Assert.True(statistics.BytesReceived / statistics.FramesReceived > 1500, $"{statistics}");
    }

    [LinuxTheory]
    [InlineData("10.9.0.1")]
    [InlineData("fd00:9::1")]
    public async Task Only_the_flows_in_the_map_leave_and_only_as_long_as_they_are_in_it(string address)
    {
        using var stage = new SteeringStage();
        using var first = new LinkHost(stage.FirstLink);
        var (moved, other) = (Flow(address, Moved), Flow(address, Other));
        stage.Steering.Add([moved, Flow(address, 1), Flow(address, 2)], stage.Second);
        Assert.Equal(3, stage.Steering.Count);

        using var movedClient = await stage.Network.ConnectAsync(moved);
        _ = Streams.EchoAsync(stage.SecondHost.Accept().Pipe);
        using var otherClient = await stage.Network.ConnectAsync(other);
        _ = Streams.EchoAsync(first.Accept().Pipe);
        await AssertEchoesAsync(movedClient);
        await AssertEchoesAsync(otherClient);

        var before = stage.SecondLink.Statistics.FramesReceived;
        stage.Steering.Remove(moved);
        Assert.Equal(2, stage.Steering.Count);
        await movedClient.SendAsync(new byte[1]);
        var atFirst = stage.FirstLink.Statistics.FramesReceived;
        await Until.TrueAsync(() => stage.FirstLink.Statistics.FramesReceived > atFirst);
        Assert.Equal(before, stage.SecondLink.Statistics.FramesReceived);
        stage.Steering.Add(moved, stage.Second);
        Assert.Single((await Streams.ReadExactlyAsync(movedClient, 1)));
    }

    [LinuxTheory]
    [InlineData("10.9.0.1")]
    [InlineData("fd00:9::1")]
    public async Task Frames_written_back_follow_the_flow_to_the_other_device_whole(string address)
    {
        using var stage = new SteeringStage(Way.Device);
        var flow = Flow(address, Moved);
        stage.Steering.Add(flow, stage.Second);
        using var client = await stage.Network.ConnectAsync(flow);
        var echo = Streams.EchoAsync(stage.SecondHost.Accept().Pipe);
        await AssertEchoesAsync(client);

        stage.Steering.Remove(flow);
        var exchange = Streams.ExchangeAsync(client, 4 << 20);
        var late = ReadUntilMerged(stage.FirstLink);
        stage.Steering.Add(flow, stage.Second);
        var longest = late.Max(frame => frame.Length);
        foreach (var frame in late)
        {
            stage.FirstLink.SendFrame(frame);
            frame.Buffer.Release();
        }

        WriteBackTheRest(stage.FirstLink);
        var (sent, received) = await exchange;
        Assert.Equal(sent, received);
        await echo;
        Assert.True(longest > 1500);
        Assert.Equal(0, stage.FirstLink.Statistics.SendDrops);
    }

    [LinuxTheory]
    [InlineData("10.9.0.1")]
    [InlineData("fd00:9::1")]
    public async Task Beside_the_kernel_engine_each_has_its_flows_and_the_map_has_the_last_word(string address)
    {
        using var stage = new SteeringStage();
        using var host = new LinkHost(stage.FirstLink);
        using var engine = stage.Network.First.Run(
            () => KernelEngine.Open(new KernelEngineSettings("as0", SteeringNetwork.Virtual, stage.FirstLink)));
        var (moved, offloaded) = (Flow(address, Moved), Flow(address, Other));
        stage.Steering.Add(moved, stage.Second);
        using var movedClient = await stage.Network.ConnectAsync(moved);
        _ = Streams.EchoAsync(stage.SecondHost.Accept().Pipe);
        using var offloadedClient = await stage.Network.ConnectAsync(offloaded);
        var connection = host.Accept();
        await connection.OffloadAsync(engine);
        _ = Streams.EchoAsync(connection.Pipe);
        await AssertEchoesAsync(movedClient);
        await AssertEchoesAsync(offloadedClient);

        var before = stage.SecondLink.Statistics.FramesReceived;
        stage.Steering.Add(offloaded, stage.Second);
        await offloadedClient.SendAsync(new byte[1]);
        await Until.TrueAsync(() => stage.SecondLink.Statistics.FramesReceived > before);
    }

    [LinuxFact]
    public async Task A_flow_can_be_steered_to_another_target_at_once()
    {
        using var stage = new SteeringStage();
        using var link = SteeringNetwork.OpenLink(stage.Network.First, "as1");
        using var host = new LinkHost(link);
        var third = stage.Steering.AddTarget(new DeviceHop("as1"));
        var flow = Flow("10.9.0.1", Moved);
        stage.Steering.Add(flow, stage.Second);
        stage.Steering.Add(flow, third);
        Assert.Equal(1, stage.Steering.Count);
        using var client = await stage.Network.ConnectAsync(flow);
        host.Accept();
        Assert.Equal(0, stage.SecondLink.Statistics.FramesReceived);
    }

    [LinuxTheory]
    [InlineData("10.9.0.1")]
    [InlineData("fd00:9::1")]
    public async Task An_error_about_a_segment_of_a_steered_flow_reaches_its_owner(string address)
    {
        using var network = new SteeringNetwork();
        using var link = SteeringNetwork.OpenLink(network.First, "as0", 1500, SteeringNetwork.Virtual);
        using var steering = network.First.Run(() => KernelFlowSteering.Open(new("as0", SteeringNetwork.Virtual)));
        var target = steering.AddTarget(new NeighbourHop(network.SecondAddresses));
        using var listener = ListenInKernel(network, IPAddress.Parse(address));
        var flow = Flow(address, Moved);
        steering.Add(flow, target);

        // The segments of the owner do not fit the last hop, of which the router tells the virtual address.
        network.Router.Ip("link", "set", "r0", "mtu", "1300");
        using var client = await network.ConnectAsync(flow);
        using var served = await listener.AcceptAsync();
        var receiving = Streams.DigestAsync(client);
        var sent = await Streams.SendAsync(served, 1 << 20);
        served.Shutdown(SocketShutdown.Send);
        Assert.Equal(sent, await receiving.WaitAsync(Patience.Limit));
    }

    /// <summary>
    /// The router itself is the client: redirects go to neighbours only, those of IPv6 name only link-local addresses.
    /// </summary>
    [LinuxTheory]
    [InlineData(nameof(Way.Segment), "10.9.0.1", "10.2.0.1", "/proc/thread-self/net/snmp")]
    [InlineData(nameof(Way.LinkLocal), "fd00:9::1", "fd00:2::1", "/proc/thread-self/net/snmp6")]
    public async Task No_redirect_tells_the_sender_of_a_way_that_only_one_flow_has(
        string way, string address, string own, string counters)
    {
        using var stage = new SteeringStage(Enum.Parse<Way>(way));
        var flow = new FlowKey(
            new TcpEndpoint(IpAddress.Parse(address), 7), new TcpEndpoint(IpAddress.Parse(own), Moved));
        stage.Steering.Add(flow, stage.Second);
        using var client = await SteeringNetwork.ConnectAsync(stage.Network.Router, flow);
        _ = Streams.EchoAsync(stage.SecondHost.Accept().Pipe);
        await AssertEchoesAsync(client);
        Assert.Equal(0, Redirects(stage.Network.Router, counters));
    }

    [LinuxFact]
    public void Ten_thousand_flows_are_added_and_removed_in_batches()
    {
        using var stage = new SteeringStage();
        FlowKey[] flows = [.. SteeringNetwork.Virtual.SelectMany(
            address => Enumerable.Range(1, 5000).Select(port => SteeringNetwork.Flow(address, (ushort)port)))];
        stage.Steering.Add(flows, stage.Second);
        Assert.Equal(flows.Length, stage.Steering.Count);
        Assert.Equal(flows.ToHashSet(), InKernel(stage));

        stage.Steering.Remove(flows.AsSpan(2500, 5000));
        Assert.Equal(5000, stage.Steering.Count);
        Assert.Equal(flows[..2500].Concat(flows[7500..]).ToHashSet(), InKernel(stage));

        stage.Steering.Clear();
        Assert.Equal(0, stage.Steering.Count);
        Assert.Empty(InKernel(stage));
    }

    [LinuxFact]
    public void Flows_that_are_given_twice_or_not_known_are_no_error()
    {
        using var stage = new SteeringStage();
        var flow = Flow("10.9.0.1", 1);
        stage.Steering.Remove(flow);
        stage.Steering.Add([flow, flow], stage.Second);
        stage.Steering.Add(flow, stage.Second);
        Assert.Equal(1, stage.Steering.Count);
        stage.Steering.Remove([flow, flow]);
        Assert.Empty(InKernel(stage));
    }

    [LinuxFact]
    public void A_withdrawn_target_takes_its_flows_with_it()
    {
        using var stage = new SteeringStage();
        var before = stage.Traces();
        var other = stage.Steering.AddTarget(new NeighbourHop(stage.Network.SecondAddresses));
        stage.Steering.Add(Flow("10.9.0.1", 1), other);
        stage.Steering.Add(Flow("fd00:9::1", 1), other);
        stage.Steering.RemoveTarget(other);
        stage.Steering.RemoveTarget(other);
        Assert.Equal(0, stage.Steering.Count);
        Assert.Equal(before, stage.Traces());
        Assert.Throws<ArgumentException>(() => stage.Steering.Add(Flow("10.9.0.1", 1), other));
    }

    internal static HashSet<FlowKey> InKernel(SteeringStage stage)
    {
        using var nftables = stage.Network.First.Run(() => new NftablesNetlink());
        HashSet<FlowKey> flows = [];
        foreach (var family in (byte[])[NftablesNetlink.FamilyIPv4, NftablesNetlink.FamilyIPv6])
            nftables.ReadElements(family, "actorstack-as0", SteeringRules.MapName, (key, _) => flows.Add(SteeringKey.Read(key)));
        return flows;
    }

    private static FlowKey Flow(string address, ushort clientPort) =>
        SteeringNetwork.Flow(IpAddress.Parse(address), clientPort);

    private static async Task AssertEchoesAsync(Socket client)
    {
        await client.SendAsync(new byte[] { 42 });
        Assert.Equal([42], await Streams.ReadExactlyAsync(client, 1).WaitAsync(Patience.Limit));
    }

    private static Socket ListenInKernel(SteeringNetwork network, IPAddress address)
    {
        string[] noDetection = address.AddressFamily is AddressFamily.InterNetworkV6 ? ["nodad"] : [];
        network.Second.Ip(["address", "add", $"{address}", "dev", "lo", .. noDetection]);
        var listener = network.Second.Run(() => new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(new IPEndPoint(address, 7));
        listener.Listen();
        return listener;
    }

    private static List<LinkFrame> ReadUntilMerged(TunLink link)
    {
        List<LinkFrame> read = [];
        var frames = new LinkFrame[64];
        while (!read.Exists(frame => frame.SegmentSize > 0))
        {
            read.AddRange(frames[..link.Receive(frames)]);
            link.Wait(TimeSpan.FromMilliseconds(1));
        }

        return read;
    }

    private static void WriteBackTheRest(TunLink link)
    {
        var frames = new LinkFrame[64];
        while (link.Receive(frames) is > 0 and var count)
        {
            foreach (var frame in frames[..count])
            {
                link.SendFrame(frame);
                frame.Buffer.Release();
            }
        }
    }

    /// <summary>Of IPv4 the column InRedirects below the names; of IPv6 the line Icmp6InRedirects.</summary>
    private static long Redirects(NetworkNamespace place, string counters) => place.Run(() =>
    {
        string[] lines = File.ReadAllLines(counters);
        if (lines.FirstOrDefault(line => line.StartsWith("Icmp6InRedirects", StringComparison.Ordinal)) is { } line)
            return long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1]);
        var icmp = lines.Where(line => line.StartsWith("Icmp: ", StringComparison.Ordinal))
            .Select(line => line.Split(' ')).ToArray();
        return long.Parse(icmp[1][Array.IndexOf(icmp[0], "InRedirects")]);
    });
}
