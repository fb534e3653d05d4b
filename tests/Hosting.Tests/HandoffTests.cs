using ActorStack.Actors.Migration;
using ActorStack.CommandLine.Demo.Cluster;
using ActorStack.CommandLine;
using ActorStack.CommandLine.Lab;
using ActorStack.Tests.Common;
using ActorStack.TestKit.Capture;
using ActorStack.Tests.Common.Capture;
using Xunit.Abstractions;

namespace ActorStack.Hosting.Tests;

/// <summary>Connections of ordinary kernel clients that move between services on machines of their own.</summary>
public sealed class HandoffTests(ITestOutputHelper output)
{
    private const long Bytes = 256L << 20;

    [LinuxFact]
    public async Task A_transfer_both_ways_arrives_whole_while_its_connection_goes_round_three_nodes()
    {
        using var lab = new ClusterLaboratory(["a", "b", "c"]);
        await lab.StartAsync(Patience.Token());
        var before = KernelCounters.Read(lab.Client);
        using var client = await lab.StartClientAsync(
            "transfer", Ports.Transfer, ["--up", $"{Bytes}", "--down", $"{Bytes}"], Patience.Token());
        var id = Assert.Single(await lab.EstablishedAsync("a", Patience.Token())).Id;

        var (result, handoffs) = await ClusterDemo.TransferAsync(lab, client, id, TimeSpan.MaxValue, Patience.Token());

        Assert.Null(result.Error);
        Assert.True(result.DigestsEqual);
        Assert.Equal((Bytes, Bytes), (result.BytesSent, result.BytesReceived));
        var counted = KernelCounters.Read(lab.Client) - before;
        Assert.Equal((0, 0), (counted.ResetsReceived, counted.ResetsSent));
        Assert.Contains(handoffs, record => record.Outcome == MigrationOutcome.Completed);
    }

    [LinuxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_transfer_arrives_whole_while_the_router_gives_its_packets_to_other_nodes(bool isIPv6)
    {
        const long Length = 192L << 20;
        const long Step = 1L << 20;
        using var lab = new ClusterLaboratory(["a", "b", "c"]);
        await lab.StartAsync(Patience.Token());
        var before = KernelCounters.Read(lab.Client);
        var checker = new WireChecker(new WireCheckOptions { IsPathLossy = true, ServerPort = Ports.Transfer });
        using var recorder = new PacketRecorder(lab.Client, ClusterLaboratory.ClientDevice, packet => checker.Add(packet));
        string[] lengths = ["--up", $"{Length}", "--down", $"{Length}"];
        using var client = isIPv6
            ? await lab.StartClientV6Async("transfer", Ports.Transfer, lengths, Patience.Token())
            : await lab.StartClientAsync("transfer", Ports.Transfer, lengths, Patience.Token());
        Assert.Single(await lab.EstablishedAsync("a", Patience.Token()));

        var transfer = Laboratory.FinishAsync(client, CommandJson.Default.TransferResult, Patience.Token());
        string[][] routes = [["b"], ["c"], ["a", "b", "c"], ["b", "c"], ["c", "a"], ["b", "a"], ["a"]];
        var moved = 0;
        for (var seen = 0L; !transfer.IsCompleted; moved++)
        {
            lab.RouteTo(routes[moved % routes.Length]);
            seen += Step;
            while (!transfer.IsCompleted && await ReceivedAsync(lab) < seen) await Task.Yield();
        }

        var result = await transfer;
        recorder.Stop();
        var report = Assert.Single(checker.Reports);
        output.WriteLine($"{moved} routes; {report}");
        Assert.Null(result.Error);
        Assert.True(result.DigestsEqual);
        Assert.Equal((Length, Length), (result.BytesSent, result.BytesReceived));
        var counted = KernelCounters.Read(lab.Client) - before;
        Assert.Equal((0, 0), (counted.ResetsReceived, counted.ResetsSent));
        Assert.True(report.ViolationCount == 0, report.ToString());
        Assert.True(moved > 2, $"{moved} routes");
    }

    [LinuxFact]
    public async Task What_a_killed_node_alone_had_ends_with_a_reset_from_another_node()
    {
        using var lab = new ClusterLaboratory(["a", "b", "c"]);
        await lab.StartAsync(Patience.Token());
        lab.RouteTo("b");
        using var client = await lab.StartClientAsync("transfer", Ports.Transfer, ["--seconds", "600"], Patience.Token());
        var transfer = Laboratory.FinishAsync(client, CommandJson.Default.TransferResult, Patience.Token());
        while (await ReceivedAsync(lab, "b") < 1 << 20) await Task.Yield();
        lab.ServiceOf("b").Kill();
        lab.RouteTo("c");

        var result = await transfer;

        Assert.NotNull(result.Error);
        Assert.Equal(1, KernelCounters.Read(lab.Client).ResetsReceived);
    }

    private static async Task<long> ReceivedAsync(ClusterLaboratory lab, string node = "a") =>
        (await lab.ControlOf(node).ListConnectionsAsync(ended: true, Patience.Token())).Sum(one => one.BytesReceived);
}
