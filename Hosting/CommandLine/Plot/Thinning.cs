namespace ActorStack.CommandLine.Plot;

/// <summary>
/// Leaves out points that a picture cannot show: of each column only the first, the lowest, the highest and the last point
/// remain.
/// </summary>
internal static class Thinning
{
    public static IEnumerable<(double At, double Value)> Thin(IReadOnlyList<(double At, double Value)> points, int columns)
    {
        if (points.Count <= 4 * columns) return points;
        var (from, span) = (points[0].At, Math.Max(double.Epsilon, points[^1].At - points[0].At));
        return points
            .GroupBy(point => (int)((point.At - from) / span * columns))
            .SelectMany(column => Extremes([.. column]));
    }

    private static IEnumerable<(double At, double Value)> Extremes((double At, double Value)[] column) =>
        ((double At, double Value)[])
        [
            column[0], column.MinBy(point => point.Value), column.MaxBy(point => point.Value), column[^1],
        ] is var kept
            ? kept.Distinct().OrderBy(point => point.At)
            : [];
}
