using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ActorStack.CommandLine.Bench.Drills;
using ActorStack.CommandLine.Bench.Paths;
using Spectre.Console;

namespace ActorStack.CommandLine.Bench.Comparison;

/// <summary><c>bench --compare</c>: this run, or a stored one, beside an earlier run.</summary>
internal static class CompareCommand
{
    private static readonly Option<string[]> Files = new("--compare")
    {
        Description = "Compare this run with an earlier one, whose --json output is in FILE, or compare two such files without a "
            + "run. The exit code is 1 where a figure is worse than the noise explains.",
        HelpName = "FILE",
        Arity = new ArgumentArity(1, 2),
        AllowMultipleArgumentsPerToken = true,
    };

    /// <summary>Adds the option, which the benchmarks with figures of another kind do not take.</summary>
    public static void AddTo(Command command)
    {
        command.Add(Files);
        command.Validators.Add(result =>
        {
            var isOther = result.GetValue(PathBenchCommand.Paths) || result.GetValue(DrillBenchCommand.Drills);
            if (isOther && result.GetResult(Files) is not null)
                result.AddError("--compare takes neither --paths nor --drills.");
        });
    }

    /// <summary>The stored runs that the command line names, the earlier one first; none without <c>--compare</c>.</summary>
    /// <exception cref="CommandException">A file cannot be read, or is of another kind.</exception>
    public static IReadOnlyList<BenchReport> ReadFiles(ParseResult parsed) =>
        [.. (parsed.GetValue(Files) ?? []).Select(BenchReportFile.Read)];

    /// <summary>Prints the comparison.</summary>
    /// <returns>The exit code.</returns>
    public static int Compare(BenchReport earlier, BenchReport later, bool isJson)
    {
        var comparison = BenchComparison.Of(earlier, later);
        if (isJson) Console.WriteLine(JsonSerializer.Serialize(comparison, CommandJson.Default.BenchComparison));
        else Print(comparison, Terminal.Open());
        return comparison.HasRegressed ? ExitCodes.Failed : 0;
    }

    public static void Print(BenchComparison comparison, IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Rounded)
            .AddColumns("scenario", "target", "unit", "better", "earlier", "later", "change", "noise", "");
        foreach (var column in (int[])[4, 5, 6, 7]) table.Columns[column].RightAligned();
        foreach (var figure in comparison.Figures)
        {
            table.AddRow(
                figure.Scenario, figure.Target, figure.Unit ?? "ratio", Text(figure.Better), Text(figure.Earlier),
                Text(figure.Later), Percent(figure.Change, "+0;-0;0"), Percent(figure.Noise, "0"),
                Text(figure.Verdict, figure.Better));
        }

        console.WriteTable(table);
        console.WriteLine(
            "Median (lowest to highest round). Ratio: to plain .NET sockets of the same run. Noise: the larger spread of the "
                + "rounds, 5 % at least; in a single round a figure has to be less than half as good. A smaller change is no "
                + "regression.");
        if (comparison.OnlyEarlier.Count > 0) console.WriteLine($"Only in the earlier run: {Join(comparison.OnlyEarlier)}.");
        if (comparison.OnlyLater.Count > 0) console.WriteLine($"Only in the later run: {Join(comparison.OnlyLater)}.");
        console.WriteLine($"Earlier: {Machine(comparison.Earlier)}. Later: {Machine(comparison.Later)}.");
    }

    private static string Join(IReadOnlyList<string> names) => string.Join("; ", names);

    private static string Machine(BenchReport run) => string.Create(
        CultureInfo.InvariantCulture, $"{run.At:u}, {run.System}, {run.Runtime}, {run.Processors} processors");

    private static string Text(RoundRange range) => range.Rounds == 1
        ? Text(range.Median)
        : $"{Text(range.Median)} ({Text(range.Least)} to {Text(range.Most)})";

    private static string Text(double value) =>
        value.ToString(Math.Abs(value) < 100 ? "0.00" : "#,0", CultureInfo.InvariantCulture);

    private static string Percent(double? share, string format) =>
        share is { } value ? $"{(100 * value).ToString(format, CultureInfo.InvariantCulture)} %" : "";

    private static string Text(Direction better) => better switch
    {
        Direction.HigherIsBetter => "higher",
        Direction.LowerIsBetter => "lower",
        _ => "",
    };

    private static string Text(Verdict verdict, Direction better) => verdict switch
    {
        Verdict.Regressed => "REGRESSED",
        Verdict.Improved => "improved",
        Verdict.NotJudged when better != Direction.Neither => "not judged",
        _ => "",
    };
}
