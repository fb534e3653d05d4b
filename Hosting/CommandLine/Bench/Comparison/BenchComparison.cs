namespace ActorStack.CommandLine.Bench.Comparison;

/// <summary>
/// The figures of two runs, each as ratio to plain .NET sockets of its own run, so that a slower or busier machine is no
/// regression. Figures without such a ratio are compared as they are, and only between runs of one machine.
/// </summary>
/// <param name="Earlier">The time and the machine of the earlier run, without its figures.</param>
/// <param name="Later">The time and the machine of the later run, without its figures.</param>
/// <param name="Figures">What both runs have, in the order of the later run.</param>
/// <param name="OnlyEarlier">Names of figures that the later run does not have.</param>
/// <param name="OnlyLater">Names of figures that the earlier run does not have.</param>
internal sealed record BenchComparison(
    BenchReport Earlier, BenchReport Later, IReadOnlyList<FigureComparison> Figures, IReadOnlyList<string> OnlyEarlier,
    IReadOnlyList<string> OnlyLater)
{
    public bool HasRegressed => Figures.Any(figure => figure.Verdict == Verdict.Regressed);

    public static BenchComparison Of(BenchReport earlier, BenchReport later)
    {
        var (before, now) = (ByKey(earlier), ByKey(later));
        var isSameMachine = (earlier.System, earlier.Processors) == (later.System, later.Processors);
        var figures = later.Figures.Where(figure => figure.Target != Target.Plain && before.ContainsKey(KeyOf(figure)))
            .Select(figure => FigureComparison.Of(
                before[KeyOf(figure)], figure, PlainOf(before, now, figure.Scenario, figure.Unit), isSameMachine));
        return new BenchComparison(
            earlier with { Figures = [] }, later with { Figures = [] }, [.. figures],
            Missing(earlier, now), Missing(later, before));
    }

    private static Dictionary<(string Scenario, string Target, string Unit), BenchFigure> ByKey(BenchReport report) =>
        report.Figures.ToDictionary(KeyOf);

    private static (string Scenario, string Target, string Unit) KeyOf(BenchFigure figure) =>
        (figure.Scenario, figure.Target, figure.Unit);

    /// <summary>Plain sockets in both runs; null where a run has none, or where a round cannot be divided by them.</summary>
    private static (BenchFigure Earlier, BenchFigure Later)? PlainOf(
        Dictionary<(string Scenario, string Target, string Unit), BenchFigure> before,
        Dictionary<(string Scenario, string Target, string Unit), BenchFigure> now, string scenario, string unit)
    {
        var key = (scenario, Target.Plain, unit);
        return before.TryGetValue(key, out var earlier) && now.TryGetValue(key, out var later)
            && earlier.Rounds.Concat(later.Rounds).All(value => value > 0) ? (earlier, later) : null;
    }

    private static string[] Missing(
        BenchReport report, Dictionary<(string Scenario, string Target, string Unit), BenchFigure> other) =>
        [.. report.Figures.Where(figure => !other.ContainsKey(KeyOf(figure)))
            .Select(figure => $"{figure.Scenario} ({figure.Target})")];
}
