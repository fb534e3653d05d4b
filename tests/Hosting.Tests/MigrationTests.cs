using System.Net.Sockets;
using ActorStack.Actors.Migration;
using ActorStack.CommandLine;
using ActorStack.CommandLine.Demo;
using ActorStack.CommandLine.Lab;
using ActorStack.Hosting.Tests.Support;
using ActorStack.Tests.Common;
using ActorStack.Transport.State;

namespace ActorStack.Hosting.Tests;

/// <summary>Connections that change their stack under load, before ordinary kernel clients.</summary>
public sealed class MigrationTests
{
    private const long Gigabyte = 1L << 30;

    [LinuxTheory]
    [InlineData("kernel")]
    [InlineData("toe")]
    public async Task A_gigabyte_both_ways_arrives_whole_while_the_connection_moves_every_100_ms(string engine)
    {
        using var arena = await Arena.StartAsync(isJournaled: true);
        var before = KernelCounters.Read(arena.Lab.Client);
        using var client = await arena.Lab.StartClientAsync(
            "transfer", Laboratory.VirtualAddress, Ports.Transfer, ["--up", $"{Gigabyte}", "--down", $"{Gigabyte}"],
            Patience.Token());
        var id = Assert.Single(await arena.Lab.EstablishedAsync(Patience.Token())).Id;

        var shuttle = new Shuttle(new ControlMover(arena.Control, id), [engine, null]);
        var result = await shuttle.RunDuringAsync(
            over => Laboratory.FinishAsync(client, CommandJson.Default.TransferResult, over),
            TimeSpan.MaxValue, Patience.Token());

        Assert.Null(result.Error);
        Assert.True(result.DigestsEqual);
        Assert.Equal((Gigabyte, Gigabyte), (result.BytesSent, result.BytesReceived));
        var counted = KernelCounters.Read(arena.Lab.Client) - before;
        Assert.Equal((0, 0), (counted.ResetsReceived, counted.ResetsSent));
        // The transfer may end while the next claim is on its way to the journal.
        var last = shuttle.Migrations[^1];
        var ended = last is { Outcome: MigrationOutcome.RolledBack, Detail: "the connection ended" } ? 1 : 0;
        Assert.All(shuttle.Migrations.SkipLast(ended), record => Assert.Equal("", record.Detail));
        Assert.Contains(shuttle.Migrations, record => record.To == engine);
        Assert.Contains(shuttle.Migrations, record => record.From == engine);
    }

    [LinuxTheory]
    [InlineData("kernel")]
    [InlineData("toe")]
    public async Task A_thousand_connections_over_two_loops_move_there_and_back_under_load(string engine)
    {
        // All the moves are under way at once, on whatever machine this is: no step is to give up early.
        const int Count = 1000;
        var atOnce = new ParallelOptions { MaxDegreeOfParallelism = 50 };
        using var arena = await Arena.StartAsync(isJournaled: true, arguments: ["--migration-timeout", "60", "--loops", "2"]);
        var sockets = new List<Socket>();
        for (var i = 0; i < Count; i++) sockets.Add(await arena.ConnectAsync(Ports.Echo));
        using var enough = new CancellationTokenSource();
        var exchanges = sockets.Select((socket, seed) => ExchangeAsync(new EchoExchange(socket, seed), enough.Token)).ToArray();

        string[] ids = [.. (await arena.Lab.EstablishedAsync(Patience.Token())).Select(connection => connection.Id)];
        Assert.Equal(Count, ids.Length);
        await Parallel.ForEachAsync(
            ids, atOnce, async (id, _) => AssertMoved(await arena.Control.OffloadAsync(id, engine, Patience.Token()), engine));
        Assert.Equal(Count, (await arena.Control.GetStatisticsAsync(Patience.Token())).ByOwner[engine]);
        await Parallel.ForEachAsync(
            ids, atOnce, async (id, _) => AssertMoved(await arena.Control.UploadAsync(id, Patience.Token()), "software"));
        await enough.CancelAsync();

        await Task.WhenAll(exchanges);
        foreach (var socket in sockets) socket.Dispose();
    }

    [LinuxTheory]
    [InlineData("kernel")]
    [InlineData("toe")]
    public async Task A_connection_moves_after_the_peers_FIN_and_the_rest_of_the_answer_arrives(string engine)
    {
        using var arena = await Arena.StartAsync(isJournaled: true);
        using var client = await arena.ConnectAsync(Ports.Echo, receiveBuffer: 64 * 1024);
        using var stream = new NetworkStream(client);
        var id = Assert.Single(await arena.Lab.EstablishedAsync(Patience.Token())).Id;

        // More than the client's buffer takes, and no more than the service holds of a connection that has shown no need of more.
        var sent = new byte[250_000];
        new Random(1).NextBytes(sent);
        for (var count = 0; count < sent.Length;)
            count += await client.SendAsync(sent.AsMemory(count), SocketFlags.None, Patience.Token());
        client.Shutdown(SocketShutdown.Send);
        while ((await arena.Control.GetConnectionAsync(id, Patience.Token())).State != TcpState.CloseWait) await Task.Yield();

        AssertMoved(await arena.Control.OffloadAsync(id, engine, Patience.Token()), engine);
        using var received = new MemoryStream();
        await stream.CopyToAsync(received, Patience.Token());
        Assert.True(sent.AsSpan().SequenceEqual(received.ToArray()), $"{received.Length} bytes came back");
    }

    private static void AssertMoved(MigrationRecord record, string to)
    {
        Assert.Equal(MigrationOutcome.Completed, record.Outcome);
        Assert.Equal(to, record.To);
        Assert.Equal("operator", record.Trigger);
    }

    /// <summary>At least once, and until all have moved.</summary>
    private static async Task ExchangeAsync(EchoExchange exchange, CancellationToken enough)
    {
        do await exchange.RunAsync(2000);
        while (!enough.IsCancellationRequested);
    }
}
