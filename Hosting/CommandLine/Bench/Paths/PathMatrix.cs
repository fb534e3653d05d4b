using System.Globalization;

namespace ActorStack.CommandLine.Bench.Paths;

/// <summary>
/// All ratios of goodput to Linux's at a glance, as tables in Markdown: one an algorithm, a row a path, a column a fault.
/// </summary>
internal static class PathMatrix
{
    public static IEnumerable<string> Lines(IReadOnlyList<PathFigure> figures)
    {
        var goodputs = figures.Where(figure => figure.Role is PathRole.Sender or PathRole.Receiver)
            .ToDictionary(figure => (figure.Cell, figure.Role));
        var cells = PathCell.All(["cubic", "bbr"]).Where(
            cell => goodputs.ContainsKey((cell.Name, PathRole.Sender)) || goodputs.ContainsKey((cell.Name, PathRole.Receiver)));
        foreach (var algorithm in cells.GroupBy(cell => cell.Congestion))
        {
            string[] faults = [.. algorithm.Select(cell => cell.Fault).Distinct()];
            yield return $"| {algorithm.Key}, sender / receiver | {string.Join(" | ", faults)} |";
            yield return $"| --- |{string.Concat(faults.Select(_ => " --- |"))}";
            foreach (var path in algorithm.GroupBy(cell => (cell.Megabits, cell.Milliseconds)))
            {
                var ratios = faults.Select(fault => Ratios(path.FirstOrDefault(cell => cell.Fault == fault)));
                yield return $"| {path.Key.Megabits} Mbit/s, {path.Key.Milliseconds} ms | {string.Join(" | ", ratios)} |";
            }

            yield return "";
        }

        string Ratios(PathCell? cell) => cell is null ? "" : $"{Ratio(cell, PathRole.Sender)} / {Ratio(cell, PathRole.Receiver)}";

        string Ratio(PathCell cell, string role) =>
            goodputs.TryGetValue((cell.Name, role), out var figure)
                ? figure.Ratio.ToString("0.00", CultureInfo.InvariantCulture)
                : "-";
    }
}
