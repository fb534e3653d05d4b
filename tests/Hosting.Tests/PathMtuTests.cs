using System.Net;
using System.Net.Sockets;
using ActorStack.CommandLine.Lab;
using ActorStack.Hosting.Tests.Support;
using ActorStack.TestKit;
using ActorStack.Transport.Linux;

namespace ActorStack.Hosting.Tests;

/// <summary>
/// A path that narrows behind a router. Where that tells by ICMP (RFC 1191), whoever runs the connection hears of it; where it
/// does not, the software stack finds out (RFC 4821).
/// </summary>
public sealed class PathMtuTests
{
    private const int Narrow = 1280;

    [LinuxTheory]
    [InlineData(null, false)]
    [InlineData(null, true)]
    [InlineData("kernel", false)]
    [InlineData("kernel", true)]
    [InlineData("toe", false)]
    [InlineData("toe", true)]
    public async Task A_connection_passes_a_path_narrower_than_both_ends(string? engine, bool isIPv6)
    {
        var service = isIPv6 ? Laboratory.VirtualAddressV6 : Laboratory.VirtualAddress;
        var prefix = isIPv6 ? "fd00:7::/64" : "10.7.0.0/24";
        using var arena = await Arena.StartAsync();
        using var far = NetworkNamespace.Create("far");
        arena.Lab.Client.EnableForwarding();
        arena.Lab.Client.AddVeth(far, "far0", "far0", ["10.7.0.1/24", "fd00:7::1/64"], ["10.7.0.2/24", "fd00:7::2/64"]);
        arena.Lab.Server.AddRoute(prefix, isIPv6 ? Laboratory.ClientAddressV6 : Laboratory.ClientAddress);
        far.AddRoute(service, isIPv6 ? "fd00:7::1" : "10.7.0.1");

        // The far host announces what its own device carries; only towards it the path is narrower. The router forwards by a
        // locked MTU of the route. A device of that MTU would also drop what the far host sends.
        arena.Lab.Client.Ip("route", "add", isIPv6 ? "fd00:7::2" : "10.7.0.2", "dev", "far0", "mtu", "lock", $"{Narrow}");
        var endPoint = new IPEndPoint(IPAddress.Parse(service), Ports.Echo);
        using var socket = far.Run(() => new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        await socket.ConnectAsync(endPoint, Patience.Token());
        var id = Assert.Single(await arena.Lab.EstablishedAsync(Patience.Token())).Id;
        if (engine is not null) await arena.Control.OffloadAsync(id, engine, Patience.Token());

        await new EchoExchange(socket, seed: 1).RunAsync(1_000_000);

        Assert.Equal(Narrow, (await arena.Control.GetTcpStatisticsAsync(id, Patience.Token())).Pmtu);
        if (engine is null) return;
        await arena.Control.UploadAsync(id, Patience.Token());
        await new EchoExchange(socket, seed: 2).RunAsync(1_000_000);
        Assert.Equal(Narrow, (await arena.Control.GetTcpStatisticsAsync(id, Patience.Token())).Pmtu);
    }

    /// <summary>The next connection from there begins with what the first found, also where it moves.</summary>
    [LinuxTheory]
    [InlineData(1_280, 1_280, false, null)]
    [InlineData(1_280, 1_280, true, null)]
    [InlineData(1_280, 1_280, true, "toe")]
    [InlineData(1_100, 1_006, false, "toe")]
    [InlineData(576, 552, false, null)]
    public async Task A_router_that_drops_what_is_too_large_and_does_not_tell_holds_up_one_connection_only(
        int carried, int found, bool ipv6, string? engine)
    {
        using var arena = await Arena.StartAsync();
        using var far = NetworkNamespace.Create("far");
        LayBlackHole(arena.Lab, far, carried);
        using var first = await ConnectAsync(far, ipv6);
        await new EchoExchange(first, seed: 1).RunAsync(1_000_000);
        Assert.Equal(found, await PathMtuOfAsync(arena, "1-1"));

        using var next = await ConnectAsync(far, ipv6);
        await arena.Lab.EstablishedAsync(Patience.Token());
        Assert.Equal(found, await PathMtuOfAsync(arena, "1-2"));
        if (engine is not null) await arena.Control.OffloadAsync("1-2", engine, Patience.Token());
        await new EchoExchange(next, seed: 2).RunAsync(1_000_000);
        Assert.Equal(found, await PathMtuOfAsync(arena, "1-2"));
    }

    /// <summary>
    /// The way to the far host carries packets of so many bytes, and the router's ICMP is dropped. The host announces an MSS for
    /// 1,500 all the same.
    /// </summary>
    private static void LayBlackHole(Laboratory lab, NetworkNamespace far, int carried)
    {
        lab.Client.EnableForwarding();
        lab.Client.AddVeth(far, "far0", "far0", ["10.7.0.1/24", "fd00:7::1/64"], ["10.7.0.2/24", "fd00:7::2/64"]);
        lab.Server.AddRoute("10.7.0.0/24", Laboratory.ClientAddress);
        lab.Server.AddRoute("fd00:7::/64", Laboratory.ClientAddressV6);
        lab.Client.Ip("link", "set", "dev", "far0", "mtu", $"{carried}");
        far.Ip("link", "set", "dev", "far0", "mtu", $"{carried}");
        far.Ip("route", "add", $"{Laboratory.VirtualAddress}/32", "via", "10.7.0.1", "advmss", "1460");
        if (carried >= Narrow) far.Ip("route", "add", $"{Laboratory.VirtualAddressV6}/128", "via", "fd00:7::1", "advmss", "1440");
        lab.Client.Execute("nft", "add table inet hole");
        lab.Client.Execute("nft", "add chain inet hole out { type filter hook output priority 0; }");
        lab.Client.Execute("nft", "add rule inet hole out icmp type destination-unreachable drop");
        lab.Client.Execute("nft", "add rule inet hole out icmpv6 type packet-too-big drop");
    }

    private static async Task<Socket> ConnectAsync(NetworkNamespace far, bool ipv6)
    {
        var family = ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        var socket = far.Run(() => new Socket(family, SocketType.Stream, ProtocolType.Tcp));
        var address = IPAddress.Parse(ipv6 ? Laboratory.VirtualAddressV6 : Laboratory.VirtualAddress);
        await socket.ConnectAsync(new IPEndPoint(address, Ports.Echo), Patience.Token());
        return socket;
    }

    private static async Task<int> PathMtuOfAsync(Arena arena, string id) =>
        (int)(await arena.Control.GetTcpStatisticsAsync(id, Patience.Token())).Pmtu;
}
