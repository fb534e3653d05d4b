using System.Net.Sockets;
using ActorStack.CommandLine.Lab;
using ActorStack.Hosting.Tests.Support;
using ActorStack.Tests.Common;

namespace ActorStack.Hosting.Tests;

/// <summary>The built program as a service, before ordinary kernel clients.</summary>
public sealed class ServiceTests
{
    [LinuxTheory]
    [InlineData(Laboratory.VirtualAddress)]
    [InlineData(Laboratory.VirtualAddressV6)]
    public async Task Echo_serves_a_kernel_client(string address)
    {
        using var arena = await Arena.StartAsync();
        using var client = await arena.ConnectAsync(Ports.Echo, address);
        await new EchoExchange(client, seed: 1).RunAsync(3_000_000);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await client.ReceiveAsync(new byte[1], SocketFlags.None, Patience.Token()));
    }

    [LinuxFact]
    public async Task A_port_without_a_service_is_refused()
    {
        using var arena = await Arena.StartAsync();
        var error = await Assert.ThrowsAsync<SocketException>(() => arena.ConnectAsync(8));
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
    }

    [LinuxFact]
    public async Task A_connection_is_described_while_it_lives_and_after()
    {
        using var arena = await Arena.StartAsync();
        using var client = await arena.ConnectAsync(Ports.Echo);
        await new EchoExchange(client, seed: 1).RunAsync(10_000);
        var living = Assert.Single(await arena.Control.ListConnectionsAsync(ended: false, Patience.Token()));
        Assert.Equal(client.LocalEndPoint!.ToString(), living.Remote);
        Assert.Equal($"{Laboratory.VirtualAddress}:{Ports.Echo}", living.Local);
        Assert.Equal((10_000, 10_000), (living.BytesReceived, living.BytesSent));
        Assert.True(living.RttMicroseconds > 0);
        Assert.True(living.CongestionWindow > 0);

        client.Close(timeout: 0);
        var ended = await EventuallyAsync(async () =>
            (await arena.Control.ListConnectionsAsync(ended: true, Patience.Token())).SingleOrDefault(c => c.Ended is not null));
        Assert.Equal(living.Id, ended.Id);
    }

    [LinuxFact]
    public async Task A_stop_lets_the_open_connections_end_and_refuses_new_ones()
    {
        using var arena = await Arena.StartAsync(drain: 60);
        using var client = await arena.ConnectAsync(Ports.Echo);
        await new EchoExchange(client, seed: 1).RunAsync(10_000);
        Signal.Terminate(arena.Service.Id);

        // The service asks its applications to end, and echo does: the client sees an orderly end.
        Assert.Equal(0, await client.ReceiveAsync(new byte[1], SocketFlags.None, Patience.Token()));
        client.Close();
        Assert.Equal(0, await arena.Service.WaitAsync(Patience.Token()));
    }

    [LinuxFact]
    public async Task A_stop_resets_what_is_left_at_the_limit()
    {
        using var arena = await Arena.StartAsync(drain: 0);
        using var client = await arena.ConnectAsync(Ports.Chargen);
        await client.ReceiveAsync(new byte[1], SocketFlags.None, Patience.Token());
        Signal.Terminate(arena.Service.Id);
        Assert.Equal(0, await arena.Service.WaitAsync(Patience.Token()));
        Assert.Equal(SocketError.ConnectionReset, await DrainAsync(client));
    }

    private static async Task<SocketError> DrainAsync(Socket client)
    {
        var buffer = new byte[65536];
        try
        {
            while (await client.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, Patience.Token()) > 0) ;
            return SocketError.Success;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode;
        }
    }

    private static async Task<T> EventuallyAsync<T>(Func<Task<T?>> look)
        where T : class
    {
        while (true)
        {
            if (await look() is { } found) return found;
            await Task.Yield();
        }
    }
}
