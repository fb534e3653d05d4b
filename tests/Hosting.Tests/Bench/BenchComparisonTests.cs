using ActorStack.CommandLine;
using ActorStack.CommandLine.Bench;
using ActorStack.CommandLine.Bench.Comparison;
using Spectre.Console;

namespace ActorStack.Hosting.Tests.Bench;

/// <summary>The recorded runs are two of one build, a few minutes apart, on a machine with much other load.</summary>
public sealed class BenchComparisonTests
{
    private const string RoundTrips = "round trips, 64 connections";

    private static readonly BenchReport Earlier = Recorded("earlier.json");
    private static readonly BenchReport Later = Recorded("later.json");

    [Fact]
    public void Two_recorded_runs_of_one_build_show_no_regression()
    {
        var comparison = BenchComparison.Of(Earlier, Later);
        Assert.False(comparison.HasRegressed);
        Assert.Equal(Later.Figures.Count(figure => figure.Target != Target.Plain), comparison.Figures.Count);
        Assert.Empty(comparison.OnlyEarlier);
        Assert.Empty(comparison.OnlyLater);
    }

    [Theory]
    [InlineData(RoundTrips, 0.4, nameof(Verdict.Regressed))]
    [InlineData(RoundTrips, 2.5, nameof(Verdict.Improved))]
    [InlineData("round trip p50, 64 connections", 2.5, nameof(Verdict.Regressed))]
    [InlineData("round trip p50, 64 connections", 0.4, nameof(Verdict.Improved))]
    public void A_change_of_one_recorded_figure_beyond_the_noise_is_found(string scenario, double factor, string expected)
    {
        var comparison = BenchComparison.Of(Later, Scale(Later, scenario, Target.Software, factor));
        var changed = Assert.Single(comparison.Figures, figure => figure.Verdict != Verdict.Unchanged);
        Assert.Equal((scenario, Target.Software, expected), (changed.Scenario, changed.Target, $"{changed.Verdict}"));
        Assert.Equal(expected == nameof(Verdict.Regressed), comparison.HasRegressed);
        Assert.Equal(factor - 1, changed.Change!.Value, 6);
    }

    [Fact]
    public void A_machine_that_is_slower_for_all_targets_is_no_regression()
    {
        var slow = Later.Figures.Aggregate(Later, (report, figure) => Scale(report, figure.Scenario, figure.Target, 0.3));
        Assert.All(BenchComparison.Of(Later, slow).Figures, figure => Assert.Equal(Verdict.Unchanged, figure.Verdict));
    }

    [Theory]
    [InlineData(new double[] { 90, 100, 115 }, 100 - 26, nameof(Verdict.Regressed))]
    [InlineData(new double[] { 90, 100, 115 }, 100 - 24, nameof(Verdict.Unchanged))]
    [InlineData(new double[] { 100, 100, 100 }, 100 - 6, nameof(Verdict.Regressed))]
    [InlineData(new double[] { 100, 100, 100 }, 100 - 4, nameof(Verdict.Unchanged))]
    [InlineData(new double[] { 100 }, 49, nameof(Verdict.Regressed))]
    [InlineData(new double[] { 100 }, 51, nameof(Verdict.Unchanged))]
    public void A_change_counts_where_it_exceeds_the_spread_of_the_rounds_and_the_least_change(
        double[] rounds, double median, string expected)
    {
        var (calm, other) = (Report(Rate(rounds)), Report(Rate(rounds.Length == 1 ? [median] : [median, median])));
        Assert.Equal(expected, $"{Assert.Single(BenchComparison.Of(calm, other).Figures).Verdict}");
    }

    [Fact]
    public void Each_round_is_divided_by_the_round_of_plain_sockets_of_the_same_turn()
    {
        var plain = new BenchFigure("connections", Target.Plain, 1000, "1/s", null, [1000, 500, 2000]);
        var disturbed = Report(plain, Rate(700, 350, 1400));
        var range = Assert.Single(BenchComparison.Of(disturbed, disturbed).Figures).Later;
        Assert.Equal(new RoundRange(0.7, 0.7, 0.7, 3), range);
    }

    [Fact]
    public void Figures_that_only_one_run_has_are_named_and_are_no_regression()
    {
        var (one, two) = (Rate(100, 100), new BenchFigure("bulk", Target.Kernel, 5, "Gbit/s", null, [5, 5]));
        var comparison = BenchComparison.Of(Report(one), Report(two));
        Assert.Equal(["connections (software)"], comparison.OnlyEarlier);
        Assert.Equal(["bulk (kernel)"], comparison.OnlyLater);
        Assert.False(comparison.HasRegressed);
        var printed = Print(comparison);
        Assert.Contains("Only in the earlier run: connections (software).", printed);
        Assert.Contains("Only in the later run: bulk (kernel).", printed);
    }

    [Fact]
    public void Figures_without_plain_sockets_are_judged_on_one_machine_only()
    {
        var (fast, slow) = (Report(Rate(100, 101)), Report(Rate(10, 11)));
        Assert.True(BenchComparison.Of(fast, slow).HasRegressed);
        var elsewhere = BenchComparison.Of(fast, slow with { Processors = fast.Processors + 1 });
        Assert.Equal(Verdict.NotJudged, Assert.Single(elsewhere.Figures).Verdict);
        Assert.False(elsewhere.HasRegressed);
    }

    [Theory]
    [InlineData("evacuation of 5,000, failed at the clients", 1, nameof(Verdict.Regressed))]
    [InlineData("evacuation of 5,000, failed at the clients", 0, nameof(Verdict.Unchanged))]
    [InlineData("idle connections", 100, nameof(Verdict.NotJudged))]
    public void Connections_that_failed_are_judged_and_connections_that_were_asked_for_are_not(
        string scenario, double later, string expected)
    {
        BenchReport Of(double value) => Report(new BenchFigure(scenario, Target.Node, value, "connections", null, [value]));
        Assert.Equal(expected, $"{Assert.Single(BenchComparison.Of(Of(0), Of(later)).Figures).Verdict}");
    }

    [Fact]
    public void The_table_shows_medians_ranges_and_the_verdict()
    {
        var row = Assert.Single(
            Print(BenchComparison.Of(Later, Scale(Later, RoundTrips, Target.Software, 0.4))).Split('\n'),
            line => line.Contains("REGRESSED"));
        Assert.All((string[])[RoundTrips, "software", "ratio", "higher", "-60 %", " to "], part => Assert.Contains(part, row));
    }

    private static BenchReport Recorded(string name) =>
        BenchReportFile.Read(Path.Combine(AppContext.BaseDirectory, "Bench", "Recorded", name));

    private static BenchReport Report(params BenchFigure[] figures) =>
        new(DateTimeOffset.UnixEpoch, "Linux", ".NET", 2, figures);

    private static BenchFigure Rate(params double[] rounds) =>
        new("connections", Target.Software, rounds[rounds.Length / 2], "1/s", null, rounds);

    private static BenchReport Scale(BenchReport report, string scenario, string target, double factor) => report with
    {
        Figures =
        [
            .. report.Figures.Select(figure => (figure.Scenario, figure.Target) != (scenario, target)
                ? figure
                : figure with { Value = figure.Value * factor, Rounds = [.. figure.Rounds.Select(value => value * factor)] }),
        ],
    };

    private static string Print(BenchComparison comparison)
    {
        var text = new StringWriter();
        CompareCommand.Print(comparison, Terminal.Create(new AnsiConsoleOutput(text), isRedirected: true));
        return text.ToString();
    }
}
