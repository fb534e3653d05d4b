using System.Net;
using System.Net.Sockets;
using ActorStack.CommandLine.Lab;
using ActorStack.Hosting.Tests.Support;
using ActorStack.Tests.Common;
using ActorStack.Transport.Linux;

namespace ActorStack.Hosting.Tests;

/// <summary>
/// A path that narrows behind a router, which tells by ICMP (RFC 1191): whoever runs the connection hears of it.
/// </summary>
public sealed class PathMtuTests
{
    private const int Narrow = 1280;

    [LinuxTheory]
    [InlineData(null)]
    [InlineData("kernel")]
    [InlineData("toe")]
    public async Task A_connection_passes_a_path_narrower_than_both_ends(string? engine)
    {
        using var arena = await Arena.StartAsync();
        using var far = NetworkNamespace.Create("far");
        arena.Lab.Client.EnableForwarding();
        arena.Lab.Client.AddVeth(far, "far0", "far0", ["10.7.0.1/24"], ["10.7.0.2/24"]);
        arena.Lab.Server.AddRoute("10.7.0.0/24", Laboratory.ClientAddress);
        far.AddRoute($"{Laboratory.VirtualAddress}/32", "10.7.0.1");

        // The far host announces what its own device carries; only towards it the path is narrower. A router forwards by a locked
        // MTU of the route. A device of that MTU would also drop what the far host sends.
        arena.Lab.Client.Ip("route", "replace", "10.7.0.0/24", "dev", "far0", "mtu", "lock", $"{Narrow}");
        using var socket = far.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(Laboratory.VirtualAddress), Ports.Echo), Patience.Token());
        var id = Assert.Single(await arena.Lab.EstablishedAsync(Patience.Token())).Id;
        if (engine is not null) await arena.Control.OffloadAsync(id, engine, Patience.Token());

        await new EchoExchange(socket, seed: 1).RunAsync(1_000_000);

        Assert.Equal(Narrow, (await arena.Control.GetTcpStatisticsAsync(id, Patience.Token())).Pmtu);
        if (engine is null) return;
        await arena.Control.UploadAsync(id, Patience.Token());
        await new EchoExchange(socket, seed: 2).RunAsync(1_000_000);
        Assert.Equal(Narrow, (await arena.Control.GetTcpStatisticsAsync(id, Patience.Token())).Pmtu);
    }
}
