using System.Text.Json;
using ActorStack.CommandLine;
using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Traffic;
using ActorStack.Hosting.Tests.Support;
using ActorStack.Tests.Common;
using Xunit.Abstractions;

namespace ActorStack.Hosting.Tests.Gateway;

/// <summary>
/// The gateway as a process, between clients and a backend on ordinary kernel sockets. A new process takes it over while they
/// talk. ACTORSTACK_CROWD=5000 makes the crowd as large.
/// </summary>
public sealed class GatewayTakeOverTests(ITestOutputHelper output)
{
    private const int Crowd = 200;

    [LinuxFact]
    public async Task A_transfer_at_full_speed_in_both_directions_arrives_whole_over_two_take_overs()
    {
        using var lab = new Laboratory(isJournaled: false);
        using var plain = await lab.StartPlainAsync(Patience.Token());
        var running = await StartAsync(lab, Ports.Transfer);
        var (atClient, atServer) = (KernelCounters.Read(lab.Client), KernelCounters.Read(lab.Server));
        using var client = await lab.StartClientAsync(
            "transfer", Laboratory.VirtualAddress, Ports.Transfer, [], Patience.Token());
        await client.TellAsync(TrafficCommand.Go, Patience.Token());
        var ids = (await lab.EstablishedAsync(Patience.Token())).Select(one => one.Id).Order().ToList();
        Assert.Equal(2, ids.Count);

        for (var i = 0; i < 2; i++) running = await TakeOverAsync(lab, running, Ports.Transfer);

        Assert.Equal(ids, (await lab.EstablishedAsync(Patience.Token())).Select(one => one.Id).Order());
        AssertNoReset(lab, atClient, atServer);
        var result = JsonSerializer.Deserialize(
            await client.AskAsync("stop", Patience.Token()), CommandJson.Default.TransferResult)!;
        output.WriteLine($"{result}");
        Assert.Null(result.Error);
        Assert.True(result.DigestsEqual);
        Assert.InRange(result.BytesSent, 1, long.MaxValue);
        Assert.InRange(result.BytesReceived, 1, long.MaxValue);
        Assert.Equal(0, (KernelCounters.Read(lab.Client) - atClient).ResetsReceived);
        running.Dispose();
    }

    [LinuxFact]
    public async Task A_crowd_that_is_echoed_all_the_while_outlives_a_take_over()
    {
        var size = int.TryParse(Environment.GetEnvironmentVariable("ACTORSTACK_CROWD"), out var given) ? given : Crowd;
        using var lab = new Laboratory(isJournaled: false);
        lab.Client.SetSystemControl("ipv4/tcp_max_tw_buckets", "65536"); // room for every member's end
        using var plain = await lab.StartPlainAsync(Patience.Token());
        var running = await StartAsync(lab, Ports.Echo);
        var (atClient, atServer) = (KernelCounters.Read(lab.Client), KernelCounters.Read(lab.Server));
        using var client = await lab.StartClientAsync(
            "crowd", Laboratory.VirtualAddress, Ports.Echo,
            ["--connections", $"{size}", "--up", "64", "--period", "1", "--patience", $"{Patience.Limit.TotalSeconds}"],
            Patience.Token());
        await client.TellAsync(TrafficCommand.Go, Patience.Token());
        Assert.Equal(2 * size, (await lab.EstablishedAsync(Patience.Token())).Count);

        running = await TakeOverAsync(lab, running, Ports.Echo);
        Assert.Equal(2 * size, (await lab.EstablishedAsync(Patience.Token())).Count);
        for (var i = 0; i < 20; i++) await EchoCrowd.OnceAsync(lab); // new clients, whose ports are free at the backend

        var result = JsonSerializer.Deserialize(
            await client.AskAsync("stop", Patience.Token()), CommandJson.Default.CrowdResult)!;
        output.WriteLine($"{result}; {string.Join(", ", result.Errors)}");
        Assert.Equal((size, 0), (result.Connections, result.Failed));
        AssertNoReset(lab, atClient, atServer);
        running.Dispose();
    }

    private static void AssertNoReset(Laboratory lab, KernelCounters atClient, KernelCounters atServer)
    {
        var (client, server) = (KernelCounters.Read(lab.Client) - atClient, KernelCounters.Read(lab.Server) - atServer);
        Assert.Equal((0, 0, 0, 0), (client.ResetsReceived, client.ResetsSent, server.ResetsReceived, server.ResetsSent));
    }

    private static Task<ChildProcess> StartAsync(Laboratory lab, int port, params IEnumerable<string> arguments) =>
        ChildProcess.StartAsync(
            lab.Server, new Dictionary<string, string>(),
            [
                "gateway", "--attached", "--listen", $"{Laboratory.VirtualAddress}:{port}",
                "--to", $"{Laboratory.PlainAddress}:{port}", "--check-interval", "0", "--tun", "as0",
                "--address", $"{Laboratory.VirtualAddress}/32", "--control", lab.ControlSocket, "--drain", "0", .. arguments,
            ],
            Patience.Token());

    /// <summary>The running process ends with 0, and the new one serves.</summary>
    private static async Task<ChildProcess> TakeOverAsync(Laboratory lab, ChildProcess running, int port)
    {
        var next = await StartAsync(lab, port, "--take-over");
        Assert.Equal(0, await running.WaitAsync(Patience.Token()));
        running.Dispose();
        return next;
    }
}
