using ActorStack.CommandLine.Lab;

namespace ActorStack.CommandLine.Bench.Comparison;

/// <summary>The rounds of a figure in one run.</summary>
/// <param name="Median">Of the rounds.</param>
/// <param name="Least">The lowest round.</param>
/// <param name="Most">The highest round.</param>
/// <param name="Rounds">How many there are, one at least.</param>
internal sealed record RoundRange(double Median, double Least, double Most, int Rounds)
{
    /// <summary>The noise that the rounds show; null for a single round, which shows none.</summary>
    public double? Spread => Rounds > 1 ? Most - Least : null;

    public static RoundRange Of(IEnumerable<double> rounds)
    {
        var sorted = new Percentiles(rounds);
        return new RoundRange(sorted.At(0.5), sorted.At(0), sorted.At(1), sorted.Count);
    }

    /// <summary>
    /// The rounds as ratios to plain .NET sockets. The targets of a scenario take turns, so that each round is divided by plain's
    /// round of the same turn: what disturbed the machine meanwhile met both.
    /// </summary>
    public static RoundRange OfRatios(BenchFigure figure, BenchFigure plain) => Of(figure.Rounds.Select(
        (value, round) => value / (figure.Rounds.Count == plain.Rounds.Count ? plain.Rounds[round] : plain.Value)));
}
