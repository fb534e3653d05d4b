using System.Text.Json;
using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Serve;

namespace ActorStack.CommandLine.Bench;

/// <summary>What an idle connection takes of the server process. The kernel's part of a kernel connection is not in it.</summary>
internal sealed class IdleScenario(int connections) : IScenario
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    public IReadOnlyList<string> Targets => [Target.Plain, Target.Software, Target.Kernel];

    public bool IsRepeated => false;

    public async Task<IReadOnlyList<Measurement>> MeasureAsync(Bench bench, string target, CancellationToken cancellation)
    {
        // The first batch fills pools and grows tables once and for all.
        (await HoldAsync(bench, target, cancellation)).Dispose();
        var before = await ReadSettledAsync(bench, target, 0, cancellation);
        using var client = await HoldAsync(bench, target, cancellation);
        var after = await ReadSettledAsync(bench, target, connections, cancellation);
        return
        [
            new Measurement("idle connection, heap", (double)(after.Heap - before.Heap) / connections, "bytes"),
            new Measurement("idle connection, working set", (double)(after.WorkingSet - before.WorkingSet) / connections, "bytes"),
        ];
    }

    private Task<ChildProcess> HoldAsync(Bench bench, string target, CancellationToken cancellation) =>
        bench.ConnectAsync(target, "hold", Ports.Echo, ["--connections", $"{connections}"], cancellation);

    /// <summary>When what is under way is done: the service is rid of a connection when its end is in the journal.</summary>
    private static async Task<MemoryReport> ReadSettledAsync(Bench bench, string target, int expected, CancellationToken cancellation)
    {
        while (target != Target.Plain && (await bench.Lab.Control.GetStatisticsAsync(cancellation)).Connections != expected)
            await Task.Delay(Settling, cancellation);
        await Task.Delay(Settling, cancellation);
        return await ReadMemoryAsync(bench, target, cancellation);
    }

    private static async Task<MemoryReport> ReadMemoryAsync(Bench bench, string target, CancellationToken cancellation) =>
        target == Target.Plain
            ? JsonSerializer.Deserialize(await bench.Plain.AskAsync("memory", cancellation), CommandJson.Default.MemoryReport)!
            : await bench.Lab.ReadMemoryAsync(cancellation);
}
