using ActorStack.CommandLine.Bench.Paths;

namespace ActorStack.Hosting.Tests;

public sealed class PathSummaryTests
{
    [Fact]
    public void Cells_are_counted_by_their_ratios_and_the_worst_named_first()
    {
        var summary = PathSummary.Of(
            [.. new[] { 0.5, 0.94, 0.95, 1, 1.01 }.Select(ratio =>
                new PathFigure($"{ratio}", "sender", "Mbit/s", 100, 100 * ratio, ratio, PathTotals.None, PathTotals.None))]);
        Assert.Equal((5, 3, 1), (summary.Cells, summary.AtLeast95, summary.Above1));
        Assert.Equal([0.5, 0.94], summary.Worst.Select(figure => figure.Ratio));
    }
}
