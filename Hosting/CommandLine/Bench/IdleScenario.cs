using System.Diagnostics;
using System.Text.Json;
using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Serve;

namespace ActorStack.CommandLine.Bench;

/// <summary>
/// What an idle connection takes of the server process, by the growth of its heap and of its working set. The kernel's part of a
/// kernel connection is not in it.
/// </summary>
internal sealed class IdleScenario(int connections) : IScenario
{
    /// <summary>The figure that tells how many connections there were.</summary>
    public const string Count = "idle connections";

    /// <summary>Connections of one client, and of servers that need a file for each.</summary>
    private const int FilesOfProcess = 16_000;

    /// <summary>The kernel engine's capacity.</summary>
    private const int KernelConnections = 10_000;

    /// <summary>Opened and closed before, for code and what is made once.</summary>
    private const int First = 500;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    public IReadOnlyList<string> Targets => [Target.Plain, Target.Software, Target.Kernel];

    /// <summary>Pools that other work filled are trimmed meanwhile, and would count below zero.</summary>
    public bool NeedsFreshService => true;

    public async Task<IReadOnlyList<Measurement>> MeasureAsync(Bench bench, string target, CancellationToken cancellation)
    {
        var count = target switch
        {
            Target.Plain => Math.Min(connections, FilesOfProcess),
            Target.Kernel => Math.Min(connections, KernelConnections),
            _ => connections,
        };
        Release(await HoldAsync(bench, target, Math.Min(count, First), cancellation));
        var before = await ReadSettledAsync(bench, target, 0, cancellation);
        var clock = Stopwatch.StartNew();
        var clients = await HoldAsync(bench, target, count, cancellation);
        var opened = clock.Elapsed;
        var after = await ReadSettledAsync(bench, target, count, cancellation);
        Release(clients);
        return
        [
            new Measurement(Count, count, "connections"),
            new Measurement("idle connections, opened in", opened.TotalSeconds, "s"),
            new Measurement("idle connection, heap", (double)(after.Heap - before.Heap) / count, "bytes"),
            new Measurement("idle connection, working set", (double)(after.WorkingSet - before.WorkingSet) / count, "bytes"),
        ];
    }

    /// <summary>As many clients as it takes, each from an address of its own, at once.</summary>
    private static async Task<ChildProcess[]> HoldAsync(Bench bench, string target, int count, CancellationToken cancellation)
    {
        if (Target.IsEngine(target))
            return [await bench.ConnectAsync(target, "hold", Ports.Echo, ["--connections", $"{count}"], cancellation)];
        var sizes = Enumerable.Repeat(FilesOfProcess, count / FilesOfProcess).Append(count % FilesOfProcess)
            .Where(size => size > 0);
        return await Task.WhenAll(sizes.Select((size, index) => bench.Lab.StartClientAsync(
            "hold", Bench.AddressOf(target), Ports.Echo, ["--connections", $"{size}", "--from", Laboratory.Source(index + 1)],
            cancellation)));
    }

    private static void Release(ChildProcess[] clients)
    {
        foreach (var client in clients) client.Dispose();
    }

    /// <summary>When what is under way is done: the service is rid of a connection when its end is in the journal.</summary>
    private static async Task<MemoryReport> ReadSettledAsync(
        Bench bench, string target, int expected, CancellationToken cancellation)
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
