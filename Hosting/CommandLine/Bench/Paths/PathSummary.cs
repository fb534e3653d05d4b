namespace ActorStack.CommandLine.Bench.Paths;

/// <summary>How many cells of the table are how good.</summary>
/// <param name="Cells">All that were measured.</param>
/// <param name="AtLeast95">Their ratio is 0.95 or more.</param>
/// <param name="Above1">It is more than 1.</param>
/// <param name="Worst">The lowest ratios, lowest first.</param>
internal sealed record PathSummary(int Cells, int AtLeast95, int Above1, IReadOnlyList<PathFigure> Worst)
{
    private const double Goal = 0.95;
    private const int MostWorst = 10;

    public static PathSummary Of(IReadOnlyList<PathFigure> figures) => new(
        figures.Count, figures.Count(figure => figure.Ratio >= Goal), figures.Count(figure => figure.Ratio > 1),
        [.. figures.Where(figure => figure.Ratio < Goal).OrderBy(figure => figure.Ratio).Take(MostWorst)]);
}
