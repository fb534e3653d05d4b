using System.Globalization;
using System.Runtime.InteropServices;

namespace ActorStack.CommandLine.Bench.Drills;

/// <summary>Runs drills one after the other against one service, which has to outlive them all.</summary>
internal sealed class DrillRun(IReadOnlyList<Drill> drills, DrillScale scale, Action<string> progress)
{
    public async Task<DrillReport> RunAsync(CancellationToken cancellation)
    {
        using var bench = await DrillBench.StartAsync(scale, scale.Undisturbed, cancellation);
        var figures = new List<DrillFigure>();
        foreach (var drill in drills)
        {
            var figure = await bench.RunAsync(drill, scale, cancellation);
            progress(string.Create(
                CultureInfo.InvariantCulture, $"{figure.Drill}: goodput {figure.Ratio:0.00}, {figure.Attacked.Failed} failed, "
                    + $"{(figure.Held ? "held" : "NOT held")}"));
            figures.Add(figure);
        }

        return new DrillReport(
            DateTimeOffset.UtcNow, RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription,
            Environment.ProcessorCount, figures);
    }
}
