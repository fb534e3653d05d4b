using System.Xml.Linq;
using ActorStack.Actors.Migration;
using ActorStack.CommandLine.Bench;
using ActorStack.CommandLine.Plot;

namespace ActorStack.Hosting.Tests;

public sealed class PlotTests
{
    [Fact]
    public void A_benchmark_is_drawn_as_ratios_to_plain_sockets()
    {
        var drawn = BenchPlot.Draw(new BenchReport(DateTimeOffset.UnixEpoch, "Linux", ".NET", 2,
        [
            new BenchFigure("bulk up", Target.Plain, 8, "Gbit/s", 1, [8]),
            new BenchFigure("bulk up", Target.Software, 4, "Gbit/s", 0.5, [4]),
            new BenchFigure("blackout", Target.Software, 300, "us", null, [300]),
        ]));
        var texts = XDocument.Parse(drawn).Descendants().Where(one => one.Name.LocalName == "text")
            .Select(one => one.Value.Trim()).ToList();
        Assert.Superset(new HashSet<string> { "bulk up", "software", "0.50" }, texts.ToHashSet());
        Assert.DoesNotContain("blackout", texts);
    }

    [Fact]
    public void Moves_are_drawn_over_time_with_their_blackouts()
    {
        var begin = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        var drawn = MigrationPlot.Draw("moves", [.. Enumerable.Range(1, 20).Select(number => new MigrationRecord(
            "a-1-1", number, "software", "kernel", number, "operator",
            number == 9 ? MigrationOutcome.RolledBack : MigrationOutcome.Completed, "", begin.AddSeconds(number),
            number * 500, 0, 0, 0, []))]);
        var document = XDocument.Parse(drawn);
        var texts = document.Descendants().Where(one => one.Name.LocalName == "text").Select(one => one.Value.Trim()).ToList();
        Assert.Contains("Completed", texts);
        Assert.Contains("RolledBack", texts);
        Assert.Contains(texts, text => text.StartsWith("12:00:", StringComparison.Ordinal));
        Assert.True(document.Descendants().Count(one => one.Name.LocalName == "ellipse") >= 20);
    }
}
