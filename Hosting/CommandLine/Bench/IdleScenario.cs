using System.Text.Json;
using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Serve;

namespace ActorStack.CommandLine.Bench;

/// <summary>What an idle connection takes of the server process. The kernel's part of a kernel connection is not in it.</summary>
internal sealed class IdleScenario(int connections) : IScenario
{
    public IReadOnlyList<string> Targets => [Target.Plain, Target.Software, Target.Kernel];

    public bool IsRepeated => false;

    public async Task<IReadOnlyList<Measurement>> MeasureAsync(Bench bench, string target, CancellationToken cancellation)
    {
        // The first batch fills pools and grows tables once and for all.
        (await HoldAsync(bench, target, cancellation)).Dispose();
        var before = await ReadMemoryAsync(bench, target, cancellation);
        using var client = await HoldAsync(bench, target, cancellation);
        var after = await ReadMemoryAsync(bench, target, cancellation);
        return
        [
            new Measurement("idle connection, heap", (double)(after.Heap - before.Heap) / connections, "bytes"),
            new Measurement("idle connection, working set", (double)(after.WorkingSet - before.WorkingSet) / connections, "bytes"),
        ];
    }

    private Task<ChildProcess> HoldAsync(Bench bench, string target, CancellationToken cancellation) =>
        bench.ConnectAsync(target, "hold", Ports.Echo, ["--connections", $"{connections}"], cancellation);

    private static async Task<MemoryReport> ReadMemoryAsync(Bench bench, string target, CancellationToken cancellation) =>
        target == Target.Plain
            ? JsonSerializer.Deserialize(await bench.Plain.AskAsync("memory", cancellation), CommandJson.Default.MemoryReport)!
            : await bench.Lab.ReadMemoryAsync(cancellation);
}
