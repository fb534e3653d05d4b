using System.Text.Json;
using ActorStack.CommandLine;
using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Traffic;
using ActorStack.Hosting.Tests.Support;
using ActorStack.Tests.Common;
using ActorStack.TestKit.Capture;
using ActorStack.Tests.Common.Capture;
using Xunit.Abstractions;

namespace ActorStack.Hosting.Tests;

/// <summary>
/// A new process takes over the connections of the running one, before ordinary kernel clients. ACTORSTACK_CROWD=2000 makes the
/// large crowd as large.
/// </summary>
public sealed class TakeOverTests(ITestOutputHelper output)
{
    private const int Crowd = 200;
    private const int LargeCrowd = 500;

    [LinuxTheory]
    [InlineData(Laboratory.VirtualAddress)]
    [InlineData(Laboratory.VirtualAddressV6)]
    public async Task A_crowd_outlives_three_take_overs_and_new_connections_succeed_all_the_while(string address)
    {
        using var lab = new Laboratory();

        // Every newcomer ends in a TIME-WAIT of the client. One that had no room would answer the server's FIN by a RST.
        lab.Client.SetSystemControl("ipv4/tcp_max_tw_buckets", "65536");
        var running = await lab.StartServiceAsync(Patience.Token());
        var before = KernelCounters.Read(lab.Client);
        var checker = new WireChecker(new WireCheckOptions { ServerPort = Ports.Echo, IsPathLossy = true });
        using var recorder = new PacketRecorder(lab.Client, "veth0", packet => checker.Add(packet));
        using var crowd = await EchoCrowd.ConnectAsync(lab, Crowd, address);
        var connections = await lab.EstablishedAsync(Patience.Token());
        var ids = connections.Select(connection => connection.Id).ToList();
        var crowdEnds = connections.Select(connection => connection.Remote).ToHashSet();
        var offloadedEnds = connections.Take(Crowd / 4).Select(connection => connection.Remote).ToHashSet();
        Assert.Equal(Crowd, ids.Count);

        using var over = new CancellationTokenSource();
        var newcomers = ConnectUntilAsync(lab, address, over.Token);
        for (var round = 0; round < 3; round++)
        {
            if (round == 1)
            {
                foreach (var id in ids.Take(Crowd / 4)) await lab.Control.OffloadAsync(id, "kernel", Patience.Token());
            }

            running = await TakeOverAsync(lab, running);
        }

        await over.CancelAsync();
        Assert.InRange(await newcomers, 1, int.MaxValue);
        await crowd.FinishAsync();
        var there = (await lab.EstablishedAsync(Patience.Token())).Select(connection => connection.Id);
        Assert.Equal(ids.Order(), there.Intersect(ids).Order());
        Assert.Equal((0, 0), (crowd.Reset, crowd.Wrong));
        Assert.InRange(crowd.Lines, Crowd, long.MaxValue);
        var counted = KernelCounters.Read(lab.Client) - before;
        Assert.Equal((0, 0), (counted.ResetsReceived, counted.ResetsSent));
        recorder.Stop();
        Assert.All(
            checker.Reports,
            report => Verify(report, crowdEnds.Contains($"{report.Client}"), offloadedEnds.Contains($"{report.Client}")));
        running.Dispose();
    }

    /// <summary>
    /// No rule is broken, with two exceptions. A newcomer that has ended may get a RST: where the server's FIN was
    /// retransmitted, its acknowledgment comes twice, and the first one closed the connection (RFC 9293 section 3.10.7.1). Of
    /// connections that were in the kernel, the right edge may go back by one unit of the window scale.
    /// </summary>
    private static void Verify(WireReport report, bool isOfCrowd, bool wasOffloaded) => Assert.DoesNotContain(
        report.Violations,
        violation => violation.Rule switch
        {
            WireRule.NoReset => isOfCrowd,
            WireRule.WindowNeverShrinks => !wasOffloaded,
            _ => true,
        });

    [LinuxFact]
    public async Task A_large_crowd_that_is_echoed_all_the_while_is_taken_over_whole()
    {
        var size = int.TryParse(Environment.GetEnvironmentVariable("ACTORSTACK_CROWD"), out var given) ? given : LargeCrowd;
        using var lab = new Laboratory();
        lab.Client.SetSystemControl("ipv4/tcp_max_tw_buckets", "65536"); // room for every member's end
        var running = await lab.StartServiceAsync(Patience.Token());
        var before = KernelCounters.Read(lab.Client);
        var patience = $"{Patience.Limit.TotalSeconds}";
        using var client = await lab.StartClientAsync(
            "crowd", Laboratory.VirtualAddress, Ports.Echo,
            ["--connections", $"{size}", "--up", "64", "--period", "1", "--patience", patience], Patience.Token());
        await client.TellAsync(TrafficCommand.Go, Patience.Token());
        Assert.Equal(size, (await lab.EstablishedAsync(Patience.Token())).Count);

        running = await TakeOverAsync(lab, running);

        Assert.Equal(size, (await lab.EstablishedAsync(Patience.Token())).Count);
        var result = JsonSerializer.Deserialize(
            await client.AskAsync("stop", Patience.Token()), CommandJson.Default.CrowdResult)!;
        output.WriteLine($"{result}; {string.Join(", ", result.Errors)}");
        Assert.Equal((size, 0), (result.Connections, result.Failed));
        var counted = KernelCounters.Read(lab.Client) - before;
        Assert.Equal((0, 0), (counted.ResetsReceived, counted.ResetsSent));
        running.Dispose();
    }

    [LinuxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_transfer_at_full_speed_arrives_whole_over_a_take_over(bool isOffloaded)
    {
        using var lab = new Laboratory();
        var running = await lab.StartServiceAsync(Patience.Token());
        var before = KernelCounters.Read(lab.Client);
        using var client = await lab.StartClientAsync(
            "transfer", Laboratory.VirtualAddress, Ports.Transfer, [], Patience.Token());
        await client.TellAsync(TrafficCommand.Go, Patience.Token());
        var id = Assert.Single(await lab.EstablishedAsync(Patience.Token())).Id;
        if (isOffloaded) await lab.Control.OffloadAsync(id, "kernel", Patience.Token());

        running = await TakeOverAsync(lab, running);
        var connection = Assert.Single(await lab.EstablishedAsync(Patience.Token()));
        Assert.Equal(id, connection.Id);
        var result = JsonSerializer.Deserialize(
            await client.AskAsync("stop", Patience.Token()), CommandJson.Default.TransferResult)!;

        Assert.Null(result.Error);
        Assert.True(result.DigestsEqual);
        Assert.InRange(result.BytesSent, 1, long.MaxValue);
        Assert.InRange(result.BytesReceived, 1, long.MaxValue);
        var counted = KernelCounters.Read(lab.Client) - before;
        Assert.Equal((0, 0), (counted.ResetsReceived, counted.ResetsSent));
        running.Dispose();
    }

    [LinuxFact]
    public async Task Where_the_new_process_is_killed_the_running_one_keeps_what_has_not_moved_and_can_be_taken_over_again()
    {
        using var lab = new Laboratory();
        var running = await lab.StartServiceAsync(Patience.Token());
        using var crowd = await EchoCrowd.ConnectAsync(lab, Crowd);
        using (var killed = lab.StartTakeOver())
        {
            await UntilSomeHaveMovedAsync(lab);
            killed.Kill();
        }

        await EchoCrowd.OnceAsync(lab);
        running = await TakeOverAsync(lab, running);
        await crowd.FinishAsync();
        Assert.Equal(0, crowd.Wrong);
        Assert.InRange(crowd.Reset, 1, Crowd);
        Assert.Equal(Crowd - crowd.Reset, (await lab.EstablishedAsync(Patience.Token())).Count);
        running.Dispose();
    }

    [LinuxFact]
    public async Task Where_the_running_process_is_killed_the_new_one_keeps_what_has_moved_and_serves()
    {
        using var lab = new Laboratory();
        using var killed = await lab.StartServiceAsync(Patience.Token());
        using var crowd = await EchoCrowd.ConnectAsync(lab, Crowd);
        using var next = lab.StartTakeOver();
        await UntilSomeHaveMovedAsync(lab);
        killed.Kill();

        await next.ReadLineAsync(Patience.Token());
        await EchoCrowd.OnceAsync(lab);
        await crowd.FinishAsync();
        Assert.Equal(0, crowd.Wrong);
        Assert.InRange(crowd.Reset, 0, Crowd - 1);
        Assert.Equal(Crowd - crowd.Reset, (await lab.EstablishedAsync(Patience.Token())).Count);
    }

    [LinuxFact]
    public async Task Without_a_running_process_a_take_over_is_a_start()
    {
        using var lab = new Laboratory(isJournaled: false);
        using var service = await lab.StartServiceAsync(Patience.Token(), arguments: "--take-over");
        await EchoCrowd.OnceAsync(lab);
    }

    [LinuxFact]
    public async Task Connections_that_cannot_move_are_served_until_the_linger_time_is_over()
    {
        using var lab = new Laboratory(isJournaled: false);
        var relay = $"relay=8888,to={Laboratory.PlainAddress}:{Ports.Echo}";
        using var plain = await lab.StartPlainAsync(Patience.Token());
        using var running = await lab.StartServiceAsync(
            Patience.Token(), arguments: ["--service", relay, "--linger", "3600"]);
        using var stays = await EchoCrowd.ConnectAsync(lab, 1, port: 8888);

        using var next = await lab.StartServiceAsync(Patience.Token(), arguments: ["--take-over", "--service", relay]);
        await EchoCrowd.OnceAsync(lab);
        await stays.FinishAsync();
        Assert.Equal((0, 0), (stays.Reset, stays.Wrong));
        stays.Dispose();
        Assert.Equal(0, await running.WaitAsync(Patience.Token()));
    }

    /// <summary>The running process ends with 0, and the new one serves.</summary>
    private static async Task<ChildProcess> TakeOverAsync(Laboratory lab, ChildProcess running)
    {
        var next = await lab.StartServiceAsync(Patience.Token(), arguments: "--take-over");
        Assert.Equal(0, await running.WaitAsync(Patience.Token()));
        running.Dispose();
        return next;
    }

    private static async Task<int> ConnectUntilAsync(Laboratory lab, string address, CancellationToken over)
    {
        var count = 0;
        for (; !over.IsCancellationRequested; count++) await EchoCrowd.OnceAsync(lab, address);
        return count;
    }

    /// <summary>The running process has the control socket until its connections have moved.</summary>
    private static async Task UntilSomeHaveMovedAsync(Laboratory lab)
    {
        var wasWhole = false;
        while (true)
        {
            var count = (await lab.EstablishedAsync(Patience.Token())).Count;
            if (wasWhole && count < Crowd) return;
            wasWhole |= count == Crowd;
        }
    }
}
