using System.Net.Sockets;
using ActorStack.Hosting.Tests.Support;
using ActorStack.Tests.Common;

namespace ActorStack.Hosting.Tests;

/// <summary>A service that serves one client at a time, before ordinary kernel clients.</summary>
public sealed class AcceptQueueTests
{
    [LinuxFact]
    public async Task Clients_beyond_the_backlog_wait_and_none_is_lost()
    {
        using var arena = await Arena.StartAsync(arguments: ["--service", "echo=1007,backlog=1,concurrency=1"]);
        var clients = new List<Socket>();
        for (var opened = 1; opened <= 3; opened++)
        {
            clients.Add(await arena.ConnectAsync(1007));
            while ((await arena.Control.GetStatisticsAsync(Patience.Token())).Opened < opened) await Task.Yield();
        }

        var late = arena.ConnectAsync(1007);
        while (!(await arena.Control.GetStatisticsAsync(Patience.Token())).TcpExt.ContainsKey("ListenDrops")) await Task.Yield();
        Assert.False(late.IsCompleted);
        foreach (var client in clients) await ServeAsync(client);
        await ServeAsync(await late);
    }

    private static async Task ServeAsync(Socket client)
    {
        await new EchoExchange(client, seed: 1).RunAsync(100_000);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await client.ReceiveAsync(new byte[1], SocketFlags.None, Patience.Token()));
        client.Dispose();
    }
}
