using ActorStack.Actors.Migration;
using ActorStack.CommandLine.Demo;
using ActorStack.CommandLine.Lab;

namespace ActorStack.CommandLine.Bench;

/// <summary>The time in which no stack answers, each way, with data flowing both ways.</summary>
internal sealed class BlackoutScenario(int moves) : IScenario
{
    private static readonly TimeSpan Dwell = TimeSpan.FromMilliseconds(20);

    public IReadOnlyList<string> Targets => [Target.Kernel, Target.Toe];

    public async Task<IReadOnlyList<Measurement>> MeasureAsync(Bench bench, string target, CancellationToken cancellation)
    {
        using var client = await bench.ConnectAsync(Target.Software, "transfer", Ports.Transfer, [], cancellation);
        var transfer = Laboratory.FinishAsync(client, CommandJson.Default.TransferResult, cancellation);
        var id = (await bench.Lab.EstablishedAsync(cancellation)).Single().Id;
        var mover = new ControlMover(bench.Lab.Control, id);
        var (there, back) = (new List<MigrationRecord>(), new List<MigrationRecord>());
        for (var i = 0; i < moves; i++)
        {
            await Task.Delay(Dwell, cancellation);
            if (await mover.OffloadAsync(target, cancellation) is not { Outcome: MigrationOutcome.Completed } went) continue;
            there.Add(went);
            await Task.Delay(Dwell, cancellation);
            if (await mover.UploadAsync(cancellation) is { Outcome: MigrationOutcome.Completed } came) back.Add(came);
        }

        await client.TellAsync("stop", cancellation);
        await transfer;
        return [.. Describe($"blackout, software to {target}", there), .. Describe($"blackout, {target} to software", back)];
    }

    private static Measurement[] Describe(string name, List<MigrationRecord> records)
    {
        var blackout = new Percentiles(records.Select(record => record.BlackoutMicroseconds));
        return [new Measurement($"{name}, p50", blackout.At(0.5), "us"),
            new Measurement($"{name}, p99", blackout.At(0.99), "us")];
    }
}
