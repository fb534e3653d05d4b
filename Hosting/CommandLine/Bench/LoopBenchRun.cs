namespace ActorStack.CommandLine.Bench;

/// <summary>
/// Runs scenarios on services with different numbers of loops, and on plain sockets. All are there at once and take turns, round
/// by round.
/// </summary>
internal sealed class LoopBenchRun(
    IReadOnlyList<IScenario> scenarios, IReadOnlyList<int> loops, int rounds, Action<string> progress)
{
    public async Task<BenchReport> RunAsync(CancellationToken cancellation)
    {
        var targets = new List<(string Name, string Target, Bench Bench)>();
        try
        {
            foreach (var count in loops)
            {
                var bench = await Bench.StartAsync(cancellation, ["--loops", $"{count}"]);
                if (targets.Count == 0) targets.Add((Target.Plain, Target.Plain, bench));
                targets.Add(($"{Target.Software}, {(count == 1 ? "1 loop" : $"{count} loops")}", Target.Software, bench));
            }

            var taken = new List<(string Target, Measurement Measurement)>();
            foreach (var scenario in scenarios)
            {
                for (var round = 0; round < rounds; round++)
                {
                    foreach (var (name, target, bench) in targets)
                        taken.AddRange(await MeasureAsync(scenario, name, target, bench, cancellation));
                }
            }

            return BenchRun.Report(BenchRun.Summarize(taken));
        }
        finally
        {
            foreach (var bench in targets.Select(target => target.Bench).Distinct()) bench.Dispose();
        }
    }

    private async Task<IEnumerable<(string Target, Measurement Measurement)>> MeasureAsync(
        IScenario scenario, string name, string target, Bench bench, CancellationToken cancellation)
    {
        var measurements = await scenario.MeasureAsync(bench, target, cancellation);
        foreach (var one in measurements) progress($"{one.Name}, {name}: {one.Value:0.##} {one.Unit}");
        return measurements.Select(measurement => (name, measurement));
    }
}
