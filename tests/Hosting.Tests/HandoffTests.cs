using ActorStack.Actors.Migration;
using ActorStack.CommandLine.Demo.Cluster;
using ActorStack.CommandLine.Lab;
using ActorStack.TestKit;

namespace ActorStack.Hosting.Tests;

/// <summary>Connections of ordinary kernel clients that move between services on machines of their own.</summary>
public sealed class HandoffTests
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
}
