using System.Globalization;
using System.Runtime.InteropServices;
using ActorStack.CommandLine.Lab;
using ActorStack.Transport.Links;
using ActorStack.Transport.Tcp.Congestion;

namespace ActorStack.CommandLine.Bench.Paths;

/// <summary>Measures the chosen cells: kernel and stack take turns, on the same path with the same seed.</summary>
/// <param name="selection">Texts of which a cell's name and role must contain one; none: all cells.</param>
/// <param name="time">Time of one measurement; null: as long as the cell needs.</param>
/// <param name="seeds">Each measurement is made once with each seed.</param>
/// <param name="progress">Told a line after each measurement.</param>
internal sealed class PathRun(IReadOnlyList<string> selection, TimeSpan? time, IReadOnlyList<int> seeds, Action<string> progress)
{
    private const int Attempts = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly PathCell Moving = new(100, 40, "loss0.1", "cubic");

    private readonly List<PathFigure> _figures = [];
    private readonly List<PathFailure> _failures = [];

    private delegate Task<(double Value, WireStatistics Path)> Measure(string target, int seed);

    /// <summary>Interrupted, it reports what it has; a cell that fails twice is named and the others go on.</summary>
    public async Task<PathBenchReport> RunAsync(CancellationToken cancellation)
    {
        var cells = PathCell.All(Algorithms()).SelectMany(Roles).Where(IsWanted).ToList();
        using var labs = new PathBenches();
        try
        {
            foreach (var (cell, role) in cells) await TryMeasureAsync(labs, cell, role, cells.Count, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            progress($"Interrupted after {_figures.Count} of {cells.Count} cells.");
        }

        return new PathBenchReport(
            DateTimeOffset.UtcNow, RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription,
            Environment.ProcessorCount,
            time?.TotalSeconds, seeds, PathBench.Buffers, PathSummary.Of(_figures), _figures, _failures);
    }

    private async Task TryMeasureAsync(PathBenches labs, PathCell cell, string role, int cells, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(seeds.Count * (2 * TimeOf(cell, role) + Patience));
            try
            {
                var figure = await MeasureAsync(await labs.FindAsync(cell.Congestion, limit.Token), cell, role, limit.Token);
                _figures.Add(figure);
                progress(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{_figures.Count + _failures.Count}/{cells} {figure.Cell} {role}: {figure.Stack:0.0} to "
                        + $"{figure.Reference:0.0} {figure.Unit}, {figure.Ratio:0.00}"));
                return;
            }
            catch (Exception error) when (!cancellation.IsCancellationRequested)
            {
                // Whatever went wrong may have left the namespaces or the processes in them half broken.
                labs.Discard();
                progress($"{cell.Name} {role}: attempt {attempt} failed: {error.Message}");
                if (attempt < Attempts) continue;
                _failures.Add(new PathFailure(cell.Name, role, error.Message));
                return;
            }
        }
    }

    /// <summary>What both the kernel and the stack have.</summary>
    private static IEnumerable<string> Algorithms()
    {
        var kernel = File.ReadAllText("/proc/sys/net/ipv4/tcp_available_congestion_control")
            .Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
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
        var duration = TimeOf(cell, role);
        Measure measure = isShort
            ? (target, seed) => bench.MeasureShortAsync(cell, target, seed, duration, cancellation)
            : (target, seed) =>
                bench.MeasureGoodputAsync(cell, target, role == PathRole.Receiver, seed, duration, moves: false, cancellation);
        Measure moved = (target, seed) =>
            bench.MeasureGoodputAsync(cell, target, upload: false, seed, duration, moves: true, cancellation);
        var (reference, stack) = (new Rounds(), new Rounds());
        foreach (var seed in seeds)
        {
            reference.Add(await measure(role == PathRole.Moved ? Target.Software : Target.Plain, seed));
            stack.Add(await (role == PathRole.Moved ? moved : measure)(Target.Software, seed));
        }

        var (kernel, ours) = (reference.Median, stack.Median);
        if (kernel <= 0 || ours <= 0) throw new InvalidOperationException($"nothing arrived: {ours} to {kernel}");
        return new PathFigure(
            cell.Name, role, isShort ? "ms" : "Mbit/s", kernel, ours, isShort ? kernel / ours : ours / kernel, reference.Path,
            stack.Path);
    }

    private TimeSpan TimeOf(PathCell cell, string role) => time ?? cell.TimeFor(role);

    /// <summary>One side's measurements, one of each seed.</summary>
    private sealed class Rounds
    {
        private readonly List<double> _values = [];

        public double Median => new Percentiles(_values).At(0.5);

        public PathTotals Path { get; private set; } = PathTotals.None;

        public void Add((double Value, WireStatistics Path) one)
        {
            _values.Add(one.Value);
            Path = Path.Plus(one.Path);
        }
    }
}
