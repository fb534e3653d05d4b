using ActorStack.Actors.Migration;
using ActorStack.CommandLine.Demo.Cluster;
using ActorStack.CommandLine.Lab;

namespace ActorStack.CommandLine.Bench;

/// <summary>
/// The time in which no node answers while a connection goes from node to node and back, on one machine: with data flowing
/// both ways, and with data that waits for a client that does not read. It is the time from the freeze to the confirmation of
/// the other node, so that it is longer than the silence on the wire by the way of the confirmation.
/// </summary>
internal sealed class HandoffScenario(int moves) : IScenario
{
    /// <summary>Handoffs before the measured ones, in which code is compiled.</summary>
    private const int First = 10;

    /// <summary>Tries for each handoff, because a busy node is late or not ready.</summary>
    private const int MostTries = 5;

    private static readonly TimeSpan Dwell = TimeSpan.FromMilliseconds(20);

    /// <summary>The time in which the client fills the buffers of the service.</summary>
    private static readonly TimeSpan Filling = TimeSpan.FromSeconds(3);

    private static readonly string[] Names = ["a", "b"];

    public IReadOnlyList<string> Targets => [Target.Node];

    public bool IsRepeated => false;

    public async Task<IReadOnlyList<Measurement>> MeasureAsync(Bench bench, string target, CancellationToken cancellation)
    {
        using var lab = new ClusterLaboratory(Names);
        await lab.StartAsync(cancellation);
        return [.. await MeasureFlowingAsync(lab, cancellation), .. await MeasureBufferedAsync(lab, cancellation)];
    }

    private async Task<IEnumerable<Measurement>> MeasureFlowingAsync(ClusterLaboratory lab, CancellationToken cancellation)
    {
        using var client = await lab.StartClientAsync("transfer", Ports.Transfer, [], cancellation);
        var transfer = Laboratory.FinishAsync(client, CommandJson.Default.TransferResult, cancellation);
        var records = await MoveAsync(lab, (await lab.EstablishedAsync(Names[0], cancellation)).Single().Id, moves, cancellation);
        await client.TellAsync("stop", cancellation);
        if (await transfer is { DigestsEqual: false } broken)
            throw new CommandException($"The transfer broke: {broken.Error}", "", ExitCodes.Failed);
        return Describe("handoff, data flowing", records);
    }

    /// <summary>An echo service holds what its client sends and does not read.</summary>
    private async Task<IEnumerable<Measurement>> MeasureBufferedAsync(ClusterLaboratory lab, CancellationToken cancellation)
    {
        using var client = await lab.StartClientAsync("send", Ports.Echo, [], cancellation);
        await client.TellAsync(Traffic.TrafficCommand.Go, cancellation);
        var id = (await lab.EstablishedAsync(Names[0], cancellation)).Single().Id;
        await Task.Delay(Filling, cancellation);
        var records = await MoveAsync(lab, id, moves / 5, cancellation);
        client.Kill();
        var megabytes = new Percentiles(records.Select(
            record => (record.UnacknowledgedBytes + record.UnsentBytes + record.UndeliveredBytes) / 1e6)).At(0.5);
        return
        [
            .. Describe("handoff, data waiting", records), new Measurement("handoff, data that waited, p50", megabytes, "MB"),
        ];
    }

    private static async Task<List<MigrationRecord>> MoveAsync(
        ClusterLaboratory lab, string id, int moves, CancellationToken cancellation)
    {
        var (records, owner) = (new List<MigrationRecord>(), Names[0]);
        for (var tries = MostTries * (First + moves); records.Count < First + moves && tries > 0; tries--)
        {
            await Task.Delay(Dwell, cancellation);
            try
            {
                var next = lab.After(owner);
                records.Add(await lab.ControlOf(owner).HandOffAsync(id, next, cancellation));
                owner = next;
            }
            catch (CommandException refused) when (refused.ExitCode == ExitCodes.Refused)
            {
                // It is still where it was, or the node that it came from has not confirmed the last move yet.
            }
        }

        lab.RouteTo(Names[0]);
        return records[Math.Min(First, records.Count)..];
    }

    private static Measurement[] Describe(string name, List<MigrationRecord> records)
    {
        var blackout = new Percentiles(records.Select(record => record.BlackoutMicroseconds));
        return
        [
            new Measurement($"{name}, p50", blackout.At(0.5), "us"), new Measurement($"{name}, p99", blackout.At(0.99), "us"),
        ];
    }
}
