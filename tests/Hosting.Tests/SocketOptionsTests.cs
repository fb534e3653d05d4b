using System.Net.Sockets;
using ActorStack.CommandLine.Lab;
using ActorStack.Hosting.Tests.Support;
using ActorStack.Tests.Common;
using ActorStack.Transport.Linux;

namespace ActorStack.Hosting.Tests;

/// <summary>Options of a service, as an ordinary kernel client meets them.</summary>
public sealed class SocketOptionsTests
{
    [LinuxTheory]
    [InlineData(Laboratory.VirtualAddress)]
    [InlineData(Laboratory.VirtualAddressV6)]
    public async Task TCP_MAXSEG_of_one_service_bounds_what_its_clients_send(string address)
    {
        using var arena = await Arena.StartAsync(arguments: ["--service", "discard=1009,tcp-maxseg=700"]);
        using var bounded = await arena.ConnectAsync(1009, address);
        using var other = await arena.ConnectAsync(Ports.Echo, address);
        Assert.Equal((688u, 1_400u), (SegmentOf(bounded), Math.Min(1_400, SegmentOf(other)))); // with a timestamp
    }

    [LinuxFact]
    public async Task A_service_that_lingers_for_no_time_ends_with_a_RST_in_place_of_a_FIN()
    {
        using var arena = await Arena.StartAsync(arguments: ["--service", "echo=1007,so-linger=0s"]);
        using var client = await arena.ConnectAsync(1007);
        await new EchoExchange(client, seed: 1).RunAsync(10_000);
        client.Shutdown(SocketShutdown.Send);
        var error = await Assert.ThrowsAsync<SocketException>(
            async () => await client.ReceiveAsync(new byte[1], SocketFlags.None, Patience.Token()));
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    [LinuxFact]
    public async Task A_service_with_all_options_serves_while_its_connection_moves()
    {
        const string Options =
            "tcp-nodelay=off,tcp-cork=on,tcp-quickack=on,so-keepalive=on,tcp-keepidle=20s,tcp-user-timeout=30s,tcp-linger2=5s,"
            + "tcp-notsent-lowat=32KiB,tcp-maxseg=1000,tcp-congestion=reno,so-sndbuf=64KiB,so-rcvbuf=64KiB,"
            + "ip-ttl=33,ip-tos=72,tcp-defer-accept=5s";
        using var arena = await Arena.StartAsync(arguments: ["--service", $"echo=1007,{Options}"]);
        using var client = await arena.ConnectAsync(1007);
        var exchange = new EchoExchange(client, seed: 1);
        await exchange.RunAsync(1_000_000);
        var id = Assert.Single(await arena.Lab.EstablishedAsync(Patience.Token())).Id;
        foreach (var engine in (string[])["kernel", "toe"])
        {
            Assert.Equal("", (await arena.Control.OffloadAsync(id, engine, Patience.Token())).Detail);
            await exchange.RunAsync(1_000_000);
            await arena.Control.UploadAsync(id, Patience.Token());
            await exchange.RunAsync(1_000_000);
        }
    }

    private static uint SegmentOf(Socket socket)
    {
        Span<byte> information = stackalloc byte[104];
        socket.GetRawSocketOption(SocketOption.LevelTcp, SocketOption.Information, information);
        return BitConverter.ToUInt32(information[16..]); // tcpi_snd_mss
    }
}
