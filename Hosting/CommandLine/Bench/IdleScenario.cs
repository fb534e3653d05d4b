using System.Text.Json;
using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Serve;

namespace ActorStack.CommandLine.Bench;

/// <summary>What an idle connection takes of the server process. The kernel's part of a kernel connection is not in it.</summary>
internal sealed class IdleScenario(int connections) : IScenario
{
    private const double Tolerance = 0.01;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    public IReadOnlyList<string> Targets => [Target.Plain, Target.Software, Target.Kernel];

    public bool IsRepeated => false;

    public async Task<IReadOnlyList<Measurement>> MeasureAsync(Bench bench, string target, CancellationToken cancellation)
    {
        // The first batch fills pools and grows tables once and for all.
        (await HoldAsync(bench, target, cancellation)).Dispose();
        var before = await SettledMemoryAsync(bench, target, cancellation);
        using var client = await HoldAsync(bench, target, cancellation);
        var after = await SettledMemoryAsync(bench, target, cancellation);
        return
        [
            new Measurement("idle connection, heap", (double)(after.Heap - before.Heap) / connections, "bytes"),
            new Measurement("idle connection, working set", (double)(after.WorkingSet - before.WorkingSet) / connections, "bytes"),
        ];
    }

    private Task<ChildProcess> HoldAsync(Bench bench, string target, CancellationToken cancellation) =>
        bench.ConnectAsync(target, "hold", Ports.Echo, ["--connections", $"{connections}"], cancellation);

    /// <summary>When what is under way is done: ends and openings reach the journal a while after the fact.</summary>
    private static async Task<MemoryReport> SettledMemoryAsync(Bench bench, string target, CancellationToken cancellation)
    {
        for (var last = await ReadMemoryAsync(bench, target, cancellation); ;)
        {
            await Task.Delay(Settling, cancellation);
            var now = await ReadMemoryAsync(bench, target, cancellation);
            if (now.Heap > last.Heap * (1 - Tolerance)) return now;
            last = now;
        }
    }

    private static async Task<MemoryReport> ReadMemoryAsync(Bench bench, string target, CancellationToken cancellation) =>
        target == Target.Plain
            ? JsonSerializer.Deserialize(await bench.Plain.AskAsync("memory", cancellation), CommandJson.Default.MemoryReport)!
            : await bench.Lab.ReadMemoryAsync(cancellation);
}
