using System.Net;
using System.Net.Sockets;
using ActorStack.Actors;
using ActorStack.CommandLine.Lab;
using ActorStack.Hosting.Tests.Support;
using ActorStack.Tests.Common;
using ActorStack.Transport.Linux;

namespace ActorStack.Hosting.Tests;

/// <summary>
/// A path that narrows behind a router, which does not tell: the software stack finds out (RFC 4821), once for a destination.
/// </summary>
public sealed class BlackHoleTests
{
    private const int LeastIPv6 = 1_280;

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
        Assert.Equal(found, await PathMtuOfAsync(arena, await IdOfAsync(arena, number: 1)));

        using var next = await ConnectAsync(far, ipv6);
        await arena.Lab.EstablishedAsync(Patience.Token());
        var id = await IdOfAsync(arena, number: 2);
        Assert.Equal(found, await PathMtuOfAsync(arena, id));
        if (engine is not null) await arena.Control.OffloadAsync(id, engine, Patience.Token());
        await new EchoExchange(next, seed: 2).RunAsync(1_000_000);
        Assert.Equal(found, await PathMtuOfAsync(arena, id));
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
        if (carried >= LeastIPv6)
            far.Ip("route", "add", $"{Laboratory.VirtualAddressV6}/128", "via", "fd00:7::1", "advmss", "1440");
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

    private static async Task<string> IdOfAsync(Arena arena, long number) =>
        (await arena.Lab.EstablishedAsync(Patience.Token()))
            .Single(connection => new ConnectionId(connection.Id).Number == number).Id;

    private static async Task<long> PathMtuOfAsync(Arena arena, string id) =>
        (int)(await arena.Control.GetTcpStatisticsAsync(id, Patience.Token())).Pmtu;
}
