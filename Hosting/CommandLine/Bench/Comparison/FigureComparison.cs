namespace ActorStack.CommandLine.Bench.Comparison;

/// <summary>One figure of two runs.</summary>
/// <param name="Scenario">What was measured.</param>
/// <param name="Target">Where the connection ran.</param>
/// <param name="Unit">Of the values; null where they are ratios to plain .NET sockets of the same run.</param>
/// <param name="Better">Which values are good.</param>
/// <param name="Earlier">The rounds of the earlier run.</param>
/// <param name="Later">The rounds of the later run.</param>
/// <param name="Verdict">What became of the figure.</param>
internal sealed record FigureComparison(
    string Scenario, string Target, string? Unit, Direction Better, RoundRange Earlier, RoundRange Later, Verdict Verdict)
{
    /// <summary>A smaller change is never a regression: placement of code and memory alone causes as much.</summary>
    private const double LeastChange = 0.05;

    /// <summary>The change of the median as a share of the earlier median; null where that is zero.</summary>
    public double? Change => ShareOf(Later.Median - Earlier.Median);

    /// <summary>The largest change that the noise explains, as a share of the earlier median; null where that is zero.</summary>
    public double? Noise => ShareOf(NoiseOf(Better, Earlier, Later));

    public static FigureComparison Of(
        BenchFigure earlier, BenchFigure later, (BenchFigure Earlier, BenchFigure Later)? plain, bool isSameMachine)
    {
        var before = plain is { } ratios ? RoundRange.OfRatios(earlier, ratios.Earlier) : RoundRange.Of(earlier.Rounds);
        var now = plain is { } others ? RoundRange.OfRatios(later, others.Later) : RoundRange.Of(later.Rounds);
        var better = DirectionOf(later);
        return new FigureComparison(
            later.Scenario, later.Target, plain is null ? later.Unit : null, better, before, now,
            plain is null && !isSameMachine ? Verdict.NotJudged : Judge(better, before, now));
    }

    private double? ShareOf(double value) => Earlier.Median == 0 ? null : value / Earlier.Median;

    private static Verdict Judge(Direction better, RoundRange earlier, RoundRange later)
    {
        if (better == Direction.Neither) return Verdict.NotJudged;
        var change = later.Median - earlier.Median;
        if (Math.Abs(change) <= NoiseOf(better, earlier, later)) return Verdict.Unchanged;
        return change > 0 == (better == Direction.HigherIsBetter) ? Verdict.Improved : Verdict.Regressed;
    }

    /// <summary>
    /// The larger spread of the two runs, in the unit of the figure. A single round shows no noise: there only a figure that is
    /// less than half as good counts.
    /// </summary>
    private static double NoiseOf(Direction better, RoundRange earlier, RoundRange later) =>
        earlier.Spread is { } before && later.Spread is { } now
            ? Math.Max(Math.Max(before, now), LeastChange * earlier.Median)
            : better == Direction.HigherIsBetter ? earlier.Median / 2 : earlier.Median;

    private static Direction DirectionOf(BenchFigure figure) => figure.Unit switch
    {
        "Gbit/s" or "1/s" => Direction.HigherIsBetter,
        "us" or "ms" or "s" or "bytes" => Direction.LowerIsBetter,
        "connections" when figure.Scenario != IdleScenario.Count => Direction.LowerIsBetter, // that failed
        _ => Direction.Neither,
    };
}
