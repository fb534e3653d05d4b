using System.Buffers;
using System.Net.Sockets;
using ActorStack.Tests.Common;
using ActorStack.Transport.Links;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Linux;

public sealed class TunLinkTests
{
    public static TheoryData<string, bool> Paths => new()
    {
        { "10.9.0.1", true }, { "10.9.0.1", false }, { "fd00:9::1", true }, { "fd00:9::1", false },
    };

    [LinuxTheory]
    [MemberData(nameof(Paths))]
    public async Task A_kernel_client_gets_back_what_it_sends(string address, bool segmentationOffload)
    {
        using var network = new VirtualNetwork();
        using var link = Open(network, segmentationOffload);
        using var host = new LinkHost(link);
        using var client = await network.ConnectAsync(IpAddress.Parse(address), 7);
        var connection = host.Accept();
        var echo = Streams.EchoAsync(connection.Pipe);

        var (sent, received) = await Streams.ExchangeAsync(client, segmentationOffload ? 32 << 20 : 4 << 20);

        Assert.Equal(sent, received);
        await echo;
        Assert.Equal(0, network.ClientCounter("Tcp", "EstabResets"));
    }

    /// <summary>Without the random second that the kernel lets pass before a report or a solicitation.</summary>
    [LinuxFact]
    public void The_kernel_sends_nothing_of_its_own_to_the_stack()
    {
        using var network = NetworkNamespace.Create("silent");
        network.SetSystemControl("ipv6/conf/default/mldv2_unsolicited_report_interval", "1");
        network.SetSystemControl("ipv6/conf/default/router_solicitation_delay", "0");
        network.SetSystemControl("ipv6/conf/default/accept_ra", "2");
        using var link = network.Run(() => TunLink.Open(
            new TunLinkSettings("as0", [VirtualNetwork.Virtual4, VirtualNetwork.Virtual6])));

        // What the kernel owes every device it pays to this one, which comes up later.
        network.Ip("link", "add", "later0", "type", "veth", "peer", "name", "later1");
        network.Ip("link", "set", "dev", "later0", "up");
        network.Ip("link", "set", "dev", "later1", "up");
        while (Sent("later0", "Icmp6OutMLDv2Reports") < 2 || Sent("later0", "Icmp6OutRouterSolicits") < 1) Thread.Yield();

        Assert.Equal(0, link.Receive(new LinkFrame[16]));
        Assert.Equal((0, 0), (Sent("as0", "Ip6OutRequests"), Sent("as0", "Icmp6OutMsgs")));
        Assert.DoesNotContain("inet6", network.Ip("-6", "address", "show", "dev", "as0"));

        long Sent(string device, string counter) => network.Run(() => File.ReadLines($"/proc/thread-self/net/dev_snmp6/{device}")
            .Select(line => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
            .Where(pair => pair[0] == counter).Select(pair => long.Parse(pair[1])).SingleOrDefault());
    }

    [LinuxFact]
    public async Task Segments_cross_whole_in_both_directions()
    {
        using var network = new VirtualNetwork();
        using var link = Open(network, segmentationOffload: true);
        using var host = new LinkHost(link);
        using var client = await network.ConnectAsync(VirtualNetwork.Virtual4, 7);
        var echo = Streams.EchoAsync(host.Accept().Pipe);
        await Streams.ExchangeAsync(client, 32 << 20);
        await echo;

        var statistics = link.Statistics;
        Assert.True(statistics.BytesSent / statistics.FramesSent > 1500, $"{statistics}");
        Assert.True(statistics.BytesReceived / statistics.FramesReceived > 1500, $"{statistics}");
        Assert.Equal(0, statistics.SendDrops);
    }

    [LinuxFact]
    public void Small_segments_wait_for_the_flush_and_keep_their_order_beside_large_ones()
    {
        using var network = new VirtualNetwork();
        network.ResolveNeighbors();
        using var link = Open(network, segmentationOffload: true);
        using var client = network.Client.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Tcp));
        client.ReceiveTimeout = (int)Patience.Limit.TotalMilliseconds;
        var text = new byte[1000];
        foreach (var length in (int[])[10, 256]) link.SendBuffered(Segment(text, length));
        Assert.Equal(0, link.Statistics.FramesSent);
        link.SendBuffered(Segment(text, 257));
        Assert.Equal(3, link.Statistics.FramesSent);
        link.SendBuffered(Segment(text, 0));
        link.Flush();
        link.Flush();
        Assert.Equal(4, link.Statistics.FramesSent);

        Assert.Equal([10, 256, 257, 0], Enumerable.Range(0, 4).Select(_ => Receive(client)));
    }

    [LinuxFact]
    public void Small_segments_wait_for_few_others_only_and_for_no_closed_link()
    {
        using var network = new VirtualNetwork();
        network.ResolveNeighbors();
        using var client = network.Client.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Tcp));
        client.ReceiveTimeout = (int)Patience.Limit.TotalMilliseconds;
        using (var link = Open(network, segmentationOffload: true))
        {
            for (var length = 1; length <= 100; length++) link.SendBuffered(Segment(new byte[100], length));
            Assert.InRange(link.Statistics.FramesSent, 80, 99);
        }

        Assert.Equal(Enumerable.Range(1, 100), Enumerable.Range(0, 100).Select(_ => Receive(client)));
    }

    [LinuxFact]
    public void A_device_in_use_is_named_with_what_to_do()
    {
        using var network = new VirtualNetwork();
        using var link = Open(network, segmentationOffload: true);
        var error = Assert.Throws<LinuxException>(() => Open(network, segmentationOffload: true));
        Assert.Contains("as0 is in use", error.Message);
        Assert.Contains("choose another name", error.Message);
    }

    [LinuxTheory]
    [InlineData("10.8.0.1", "belongs to this host")]
    [InlineData("fd00:8::1", "belongs to this host")]
    [InlineData("127.0.0.5", "choose a unicast address")]
    [InlineData("224.0.0.1", "choose a unicast address")]
    [InlineData("ff02::1", "choose a unicast address")]
    [InlineData("0.0.0.0", "choose a unicast address")]
    public void An_address_that_cannot_be_routed_is_refused_and_leaves_nothing(string address, string expected)
    {
        using var network = new VirtualNetwork();
        var settings = new TunLinkSettings("as0", [IpAddress.Parse(address)]);
        var error = Assert.Throws<LinuxException>(() => network.Server.Run(() => TunLink.Open(settings)));
        Assert.Contains(expected, error.Message);
        Assert.DoesNotContain("as0", network.Server.Ip("link"));
    }

    [LinuxFact]
    public void A_route_that_is_there_already_is_named()
    {
        using var network = new VirtualNetwork();
        network.Server.Ip("route", "add", "10.9.0.1/32", "dev", "s0");
        var error = Assert.Throws<LinuxException>(() => Open(network, segmentationOffload: true));
        Assert.Contains("remove the route that is there", error.Message);
    }

    [LinuxTheory]
    [InlineData("")]
    [InlineData("a name")]
    [InlineData("longer-than-15-ch")]
    public void A_name_that_is_none_is_refused(string name)
    {
        using var network = new VirtualNetwork();
        Assert.Throws<LinuxException>(() => network.Server.Run(() => TunLink.Open(new TunLinkSettings(name, []))));
    }

    [LinuxFact]
    public void Closing_leaves_the_namespace_as_it_was()
    {
        using var network = new VirtualNetwork();
        var before = Snapshot();
        Open(network, segmentationOffload: true).Dispose();
        Assert.Equal(before, Snapshot());

        string Snapshot() => string.Join('\n',
            network.Server.Ip("-oneline", "link", "show", "type", "tun"),
            network.Server.Ip("-4", "route", "show", "table", "all"),
            network.Server.Ip("-6", "route", "show", "fd00:9::1"), network.Server.Ip("rule"),
            network.Server.Run(() => File.ReadAllText("/proc/sys/net/ipv4/ip_forward")),
            network.Server.Run(() => File.ReadAllText("/proc/sys/net/ipv6/conf/all/forwarding")));
    }

    [LinuxFact]
    public void A_link_that_closes_does_not_cut_off_another_of_its_namespace()
    {
        using var network = new VirtualNetwork();
        string[] keys = ["ipv4/ip_forward", "ipv6/conf/all/forwarding"];
        foreach (var key in keys) network.Server.SetSystemControl(key, "0");
        var first = network.Server.Run(
            () => TunLink.Open(new TunLinkSettings("as1", [IpAddress.Parse("10.9.0.2"), IpAddress.Parse("fd00:9::2")])));
        var second = Open(network, segmentationOffload: true);

        first.Dispose();
        Assert.All(keys, key => Assert.Equal("1", Read(key)));
        second.Dispose();
        Assert.All(keys, key => Assert.Equal("0", Read(key)));

        string Read(string key) => network.Server.Run(() => File.ReadAllText($"/proc/sys/net/{key}").Trim());
    }

    [LinuxFact]
    public async Task Waking_ends_a_wait_without_limit()
    {
        using var network = new VirtualNetwork();
        using var link = Open(network, segmentationOffload: true);
        for (var i = 0; i < 100; i++)
        {
            var waiting = Task.Run(() => link.Wait(Timeout.InfiniteTimeSpan));
            link.Wake();
            await waiting;
        }
    }

    [LinuxFact]
    public void A_wait_ends_when_its_time_is_up()
    {
        using var network = new VirtualNetwork();
        using var link = Open(network, segmentationOffload: true);
        var frames = new LinkFrame[64];
        link.Wait(TimeSpan.FromMilliseconds(1));
        while (link.Receive(frames) > 0) link.Wait(TimeSpan.FromMilliseconds(1));
    }

    private static OutboundSegment Segment(byte[] text, int length) => new()
    {
        Flow = new FlowKey(new TcpEndpoint(VirtualNetwork.Virtual4, 7), new TcpEndpoint(IpAddress.Parse("10.8.0.2"), 40_000)),
        Flags = TcpFlags.Ack,
        HopLimit = 64,
        MaximumPayload = 1460,
        Payload = new ReadOnlySequence<byte>(text, 0, length),
    };

    /// <summary>
    /// Bytes of text of the next segment from the link; the client's own resets are not seen by its raw sockets.
    /// </summary>
    private static int Receive(Socket client)
    {
        const int Headers = 40;
        return client.Receive(new byte[2000]) - Headers;
    }

    private static TunLink Open(VirtualNetwork network, bool segmentationOffload) => network.Server.Run(() => TunLink.Open(
        new TunLinkSettings("as0", [VirtualNetwork.Virtual4, VirtualNetwork.Virtual6])
        {
            SegmentationOffload = segmentationOffload,
        }));
}
