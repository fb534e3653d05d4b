using System.Runtime.InteropServices;
using ActorStack.CommandLine.Lab;

namespace ActorStack.CommandLine.Bench;

/// <summary>
/// Runs scenarios: the targets of each take turns, round by round, so that what disturbs the machine meets all of them.
/// </summary>
internal sealed class BenchRun(IReadOnlyList<IScenario> scenarios, int rounds, Action<string> progress)
{
    private readonly int _all = scenarios.Sum(scenario => scenario.Targets.Count * (scenario.IsRepeated ? rounds : 1));
    private int _done;

    public async Task<BenchReport> RunAsync(CancellationToken cancellation)
    {
        var figures = new List<BenchFigure>();
        using (var bench = await Bench.StartAsync(cancellation))
        {
            foreach (var scenario in scenarios.Where(scenario => !scenario.NeedsFreshService))
                figures.AddRange(await RunAsync(_ => Task.FromResult(bench), scenario, cancellation));
        }

        foreach (var scenario in scenarios.Where(scenario => scenario.NeedsFreshService))
            figures.AddRange(await RunAsync(stop => Bench.StartAsync(stop), scenario, cancellation));
        return Report(figures);
    }

    public static BenchReport Report(IReadOnlyList<BenchFigure> figures) => new(
        DateTimeOffset.UtcNow, RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription,
        Environment.ProcessorCount, figures);

    public static List<BenchFigure> Summarize(List<(string Target, Measurement Measurement)> taken)
    {
        var figures = new List<BenchFigure>();
        foreach (var group in taken.GroupBy(one => (one.Measurement.Name, one.Target, one.Measurement.Unit)))
        {
            double[] values = [.. group.Select(one => one.Measurement.Value)];
            var median = new Percentiles(values).At(0.5);
            var plain = figures.Find(figure => figure.Scenario == group.Key.Name && figure.Target == Target.Plain);
            double? ratio = plain is null ? null : median / plain.Value;
            figures.Add(new BenchFigure(group.Key.Name, group.Key.Target, median, group.Key.Unit, ratio, values));
        }

        return figures;
    }

    private async Task<List<BenchFigure>> RunAsync(
        Func<CancellationToken, Task<Bench>> service, IScenario scenario, CancellationToken cancellation)
    {
        var taken = new List<(string Target, Measurement Measurement)>();
        for (var round = 0; round < (scenario.IsRepeated ? rounds : 1); round++)
        {
            foreach (var target in scenario.Targets)
            {
                var bench = await service(cancellation);
                _done++;
                foreach (var measurement in await scenario.MeasureAsync(bench, target, cancellation))
                {
                    progress($"{_done} of {_all}: {measurement.Name}, {target}: {measurement.Value:0.##} {measurement.Unit}");
                    taken.Add((target, measurement));
                }

                if (scenario.NeedsFreshService) bench.Dispose();
            }
        }

        return Summarize(taken);
    }
}
