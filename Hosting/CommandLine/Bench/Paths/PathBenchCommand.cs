using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace ActorStack.CommandLine.Bench.Paths;

/// <summary><c>bench --paths</c>: the software stack beside Linux over the same emulated paths.</summary>
internal static class PathBenchCommand
{
    private static readonly Option<string[]> Cells = new("--cells")
    {
        Description = "With --paths: only cells whose name contains this, e.g. 100M-40ms-loss1-cubic-sender; may be repeated.",
        HelpName = "TEXT",
    };

    private static readonly Option<string> Seeds = new("--seeds")
    {
        Description = "With --paths: seeds of the path, e.g. 1,2,3; a cell's figure is their median.",
        DefaultValueFactory = _ => "1",
    };

    public static Option<bool> Paths { get; } = new("--paths")
    {
        Description = "Measure beside Linux over emulated paths instead.",
    };

    public static void AddTo(Command command)
    {
        command.Add(Paths);
        command.Add(Cells);
        command.Add(Seeds);
    }

    public static async Task RunAsync(ParseResult parsed, TimeSpan? time, bool isJson, CancellationToken cancellation)
    {
        int[] seeds =
            [.. parsed.GetRequiredValue(Seeds).Split(',').Select(seed => int.Parse(seed, CultureInfo.InvariantCulture))];
        var report = await new PathRun(parsed.GetValue(Cells) ?? [], time, seeds, Console.Error.WriteLine).RunAsync(cancellation);
        if (isJson) Console.WriteLine(JsonSerializer.Serialize(report, CommandJson.Default.PathBenchReport));
        else Print(report);
    }

    private static void Print(PathBenchReport report)
    {
        var table = new Table().Border(TableBorder.Rounded)
            .AddColumns("path", "stack as", "Linux", "software stack", "", "ratio", "packets lost");
        foreach (var column in (int[])[2, 3, 5, 6]) table.Columns[column].RightAligned();
        foreach (var figure in report.Figures)
        {
            table.AddRow(
                figure.Cell, figure.Role, Text(figure.Reference, "#,0.0"), Text(figure.Stack, "#,0.0"), figure.Unit,
                Text(figure.Ratio, "0.00"),
                $"{Lost(figure.ReferencePath)} / {Lost(figure.StackPath)}");
        }

        AnsiConsole.Console.WriteTable(table);
        foreach (var line in PathMatrix.Lines(report.Figures)) Console.WriteLine(line);
        var summary = report.Summary;
        AnsiConsole.MarkupLineInterpolated(
            $"{summary.AtLeast95} of {summary.Cells} cells at 0.95 or more, {summary.Above1} above 1.");
        foreach (var figure in summary.Worst)
            AnsiConsole.MarkupLineInterpolated($"below 0.95: {figure.Cell} {figure.Role} {Text(figure.Ratio, "0.00")}");
        foreach (var failure in report.Failures)
            AnsiConsole.MarkupLineInterpolated($"not measured: {failure.Cell} {failure.Role}: {failure.Error}");
        AnsiConsole.MarkupLineInterpolated(
            $"Above 1 is better than Linux, where lower figures are better too; moved: beside a connection that never moved.");
        AnsiConsole.MarkupLineInterpolated(
            $"Faults meet the data, the queue holds one bandwidth-delay product. Buffers: {report.Buffers}.");
        var seeds = string.Join(", ", report.Seeds);
        var machine = $"{report.System}, {report.Runtime}, {report.Processors} processors";
        AnsiConsole.MarkupLineInterpolated($"{machine}, {Seconds(report)} s a measurement, seeds {seeds}");

        static string Seconds(PathBenchReport report) => report.Seconds is { } seconds ? Text(seconds, "0.#") : "3 to 20";
        static long Lost(PathTotals path) => path.Lost + path.QueueDrops;
        static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
    }
}
