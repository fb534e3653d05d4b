using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ActorStack.Actors.Connections;
using ActorStack.CommandLine.Demo;
using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Traffic;
using ActorStack.Transport.Emulation.Paths;
using ActorStack.Transport.Links;
using ActorStack.Transport.Linux;

namespace ActorStack.CommandLine.Bench.Paths;

/// <summary>
/// A client, the path emulator, and a server with plain sockets and the software stack: everything that one algorithm's cells
/// need.
/// </summary>
internal sealed class PathBench : IDisposable
{
    /// <summary>Five times the largest bandwidth-delay product: what bounds a transfer is the path.</summary>
    public const int BufferBytes = 64 << 20;

    private static readonly TimeSpan Dwell = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    private readonly Laboratory _lab;
    private readonly List<ChildProcess> _children = [];
    private readonly ChildProcess _emulator;

    private PathBench(Laboratory lab, ChildProcess emulator) => (_lab, _emulator) = (lab, emulator);

    public static string Buffers => $"{BufferBytes >> 20} MiB: tcp_rmem and tcp_wmem at most, and the stack's capacities";

    public static async Task<PathBench> StartAsync(string congestion, CancellationToken cancellation)
    {
        var lab = new Laboratory(isJoined: false);
        foreach (var network in (NetworkNamespace[])[lab.Client, lab.Server])
        {
            network.SetSystemControl("ipv4/tcp_rmem", $"4096 131072 {BufferBytes}");
            network.SetSystemControl("ipv4/tcp_wmem", $"4096 131072 {BufferBytes}");

            // A connection must not start with what an earlier one learned of another path.
            network.SetSystemControl("ipv4/tcp_no_metrics_save", "1");
        }

        var bench = new PathBench(lab, await lab.JoinByPathAsync(cancellation));
        var settings = new Dictionary<string, string>
        {
            ["ActorStack__SendCapacity"] = $"{BufferBytes}",
            ["ActorStack__ReceiveCapacity"] = $"{BufferBytes}",
        };
        bench._children.Add(await lab.StartServiceAsync(settings, cancellation, arguments: ["--congestion", congestion]));
        bench._children.Add(await lab.StartPlainAsync(cancellation, "--congestion", congestion));
        return bench;
    }

    /// <summary>Goodput in Mbit/s, and what the path did to the data.</summary>
    public async Task<(double Value, WireStatistics Path)> MeasureGoodputAsync(
        PathCell cell, string target, bool upload, int seed, TimeSpan time, bool moves, CancellationToken cancellation)
    {
        var path = cell.Describe(upload, seed);
        await LayAsync(path, cancellation);
        string[] arguments =
            ["--seconds", $"{time.TotalSeconds}", "--warm", $"{cell.WarmUp.TotalSeconds}", "--congestion", cell.Congestion];
        using var client = await _lab.StartClientAsync(
            upload ? "goodput-up" : "goodput-down", Bench.AddressOf(target), upload ? Ports.Discard : Ports.Chargen, arguments,
            cancellation);
        var measuring = Laboratory.FinishAsync(client, CommandJson.Default.BulkResult, cancellation);
        if (moves) await MoveAsync(measuring, cancellation);
        var result = await measuring;
        return (result.Bytes * 8 / result.Seconds / 1e6, await FinishAsync(cell, path, upload, cancellation));
    }

    /// <summary>Completion time at p99 in milliseconds, and what the path did to the data.</summary>
    public async Task<(double Value, WireStatistics Path)> MeasureShortAsync(
        PathCell cell, string target, int seed, TimeSpan time, CancellationToken cancellation)
    {
        const int Workers = 16;
        var path = cell.Describe(upload: false, seed);
        await LayAsync(path, cancellation);
        using var client = await _lab.StartClientAsync(
            "fetch", Bench.AddressOf(target), Ports.Transfer,
            ["--seconds", $"{time.TotalSeconds}", "--connections", $"{Workers}"], cancellation);
        var result = await Laboratory.FinishAsync(client, CommandJson.Default.FetchResult, cancellation);
        return (result.P99Milliseconds, await FinishAsync(cell, path, upload: false, cancellation));
    }

    public void Dispose()
    {
        foreach (var child in _children) child.Dispose();
        _emulator.Dispose();
        _lab.Dispose();
    }

    /// <summary>A fresh path, once the connections of the last measurement are gone over one without faults.</summary>
    private async Task LayAsync(PathDescription path, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Settling);
        try
        {
            while ((await _lab.EstablishedAsync(limit.Token)).Count > 0) await Task.Delay(Poll, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // A reset was lost on the path: what is left is idle, and times out by itself.
            await AskAsync(path, cancellation);
            return;
        }

        await AskAsync(path, cancellation);
    }

    /// <summary>
    /// What is still on the path, a reset at its end, arrives first: through a full queue in one and a half round trips.
    /// </summary>
    private async Task<WireStatistics> FinishAsync(
        PathCell cell, PathDescription path, bool upload, CancellationToken cancellation)
    {
        await Task.Delay(2 * cell.RoundTrip, cancellation);
        var clean = new WireImpairments { Delay = TimeSpan.FromMilliseconds(1) };
        var report = await AskAsync(path with { Forward = clean, Backward = clean }, cancellation);
        return upload ? report.Forward : report.Backward;
    }

    private async Task<PathReport> AskAsync(PathDescription path, CancellationToken cancellation) =>
        Read(await _emulator.AskAsync(JsonSerializer.Serialize(path, CommandJson.Default.PathDescription), cancellation),
            CommandJson.Default.PathReport);

    private static T Read<T>(string line, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(line, type)!;

    private async Task MoveAsync(Task<BulkResult> measuring, CancellationToken cancellation)
    {
        IReadOnlyList<ConnectionSnapshot> connections;
        while ((connections = await _lab.EstablishedAsync(cancellation)).Count == 0) await Task.Delay(Poll, cancellation);
        var mover = new ControlMover(_lab.Control, connections[^1].Id);
        while (!measuring.IsCompleted)
        {
            await Task.Delay(Dwell, cancellation);
            await mover.OffloadAsync(Target.Kernel, cancellation);
            await Task.Delay(Dwell, cancellation);
            await mover.UploadAsync(cancellation);
        }
    }
}
