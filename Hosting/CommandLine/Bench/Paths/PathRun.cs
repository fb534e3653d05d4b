using System.Globalization;
using System.Runtime.InteropServices;
using ActorStack.Transport.Links;
using ActorStack.Transport.Tcp.Congestion;

namespace ActorStack.CommandLine.Bench.Paths;

/// <summary>Measures the chosen cells: kernel and stack take turns, on the same path with the same seed.</summary>
/// <param name="selection">Texts of which a cell's name and role must contain one; none: all cells.</param>
internal sealed class PathRun(IReadOnlyList<string> selection, TimeSpan time, IReadOnlyList<int> seeds, Action<string> progress)
{
    private static readonly PathCell Moving = new(100, 40, "loss0.1", "cubic");

    private delegate Task<(double Value, WireStatistics Path)> Measure(string target, int seed);

    public async Task<PathBenchReport> RunAsync(CancellationToken cancellation)
    {
        var figures = new List<PathFigure>();
        foreach (var group in PathCell.All(Algorithms()).GroupBy(cell => cell.Congestion))
        {
            var wanted = group.SelectMany(Roles).Where(IsWanted).ToList();
            if (wanted.Count == 0) continue;
            using var bench = await PathBench.StartAsync(group.Key, cancellation);
            foreach (var (cell, role) in wanted) figures.Add(await MeasureAsync(bench, cell, role, cancellation));
        }

        return new PathBenchReport(
            DateTimeOffset.UtcNow, RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription, Environment.ProcessorCount,
            time.TotalSeconds, seeds, PathBench.Buffers, figures);
    }

    /// <summary>What both the kernel and the stack have.</summary>
    private static IEnumerable<string> Algorithms()
    {
        var kernel = File.ReadAllText("/proc/sys/net/ipv4/tcp_available_congestion_control").Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return ((string[])["cubic", "bbr"]).Where(name => kernel.Contains(name) && CongestionControls.Names.Contains(name));
    }

    private static IEnumerable<(PathCell Cell, string Role)> Roles(PathCell cell)
    {
        yield return (cell, PathRole.Sender);
        yield return (cell, PathRole.Receiver);
        if (cell.Fault == "loss1") yield return (cell, PathRole.Short);
        if (cell == Moving) yield return (cell, PathRole.Moved);
    }

    private bool IsWanted((PathCell Cell, string Role) one) =>
        selection.Count == 0 || selection.Any(text => $"{one.Cell.Name}-{one.Role}".Contains(text, StringComparison.Ordinal));

    private async Task<PathFigure> MeasureAsync(PathBench bench, PathCell cell, string role, CancellationToken cancellation)
    {
        var isShort = role == PathRole.Short;
        Measure measure = isShort
            ? (target, seed) => bench.MeasureShortAsync(cell, target, seed, time, cancellation)
            : (target, seed) => bench.MeasureGoodputAsync(cell, target, role == PathRole.Receiver, seed, time, moves: false, cancellation);
        Measure moved = (target, seed) => bench.MeasureGoodputAsync(cell, target, upload: false, seed, time, moves: true, cancellation);
        var (reference, stack) = (Sum.None, Sum.None);
        foreach (var seed in seeds)
        {
            reference += await measure(role == PathRole.Moved ? Target.Software : Target.Plain, seed);
            stack += await (role == PathRole.Moved ? moved : measure)(Target.Software, seed);
        }

        var (kernel, ours) = (reference.Value / seeds.Count, stack.Value / seeds.Count);
        var figure = new PathFigure(
            cell.Name, role, isShort ? "ms" : "Mbit/s", kernel, ours, isShort ? kernel / ours : ours / kernel, reference.Path, stack.Path);
        progress(string.Create(CultureInfo.InvariantCulture, $"{figure.Cell} {role}: {ours:0.0} to {kernel:0.0} {figure.Unit}, {figure.Ratio:0.00}"));
        return figure;
    }

    private readonly record struct Sum(double Value, PathTotals Path)
    {
        public static Sum None { get; } = new(0, PathTotals.None);

        public static Sum operator +(Sum sum, (double Value, WireStatistics Path) one) => new(sum.Value + one.Value, sum.Path.Plus(one.Path));
    }
}
