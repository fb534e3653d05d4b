using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace ActorStack.CommandLine.Bench.Drills;

/// <summary><c>bench --drills</c>: attacks on a running service, beside the same load undisturbed.</summary>
internal static class DrillBenchCommand
{
    private static readonly Option<string[]> Names = new("--drill")
    {
        Description = "With --drills: only this one; may be repeated. Drills: "
            + $"{string.Join(", ", Drill.All.Select(drill => drill.Name))}.",
        HelpName = "NAME",
    };

    public static Option<bool> Drills { get; } = new("--drills")
    {
        Description = "Attack a service of its own instead, in network namespaces of its own.",
    };

    public static void AddTo(Command command)
    {
        Names.AcceptOnlyFromAmong([.. Drill.All.Select(drill => drill.Name)]);
        command.Add(Drills);
        command.Add(Names);
    }

    public static async Task RunAsync(ParseResult parsed, TimeSpan? time, bool isJson, CancellationToken cancellation)
    {
        var chosen = parsed.GetValue(Names) is { Length: > 0 } names ? names : null;
        Drill[] drills = [.. Drill.All.Where(drill => chosen?.Contains(drill.Name) is not false)];
        var report = await new DrillRun(drills, DrillScale.Full with { Attacked = time }, Console.Error.WriteLine)
            .RunAsync(cancellation);
        if (isJson) Console.WriteLine(JsonSerializer.Serialize(report, CommandJson.Default.DrillReport));
        else Print(report);
    }

    private static void Print(DrillReport report)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns(
            "drill", "packets/s", "connections", "goodput, Mbit/s", "ratio", "p99, ms", "failed", "steady", "stall, ms",
            "memory, MB", "");
        foreach (var figure in report.Figures)
        {
            table.AddRow(
                figure.Drill, Text(figure.Packets / figure.Seconds, "#,0"), Text(figure.Connections, "#,0"),
                $"{Text(Rate(figure.Undisturbed), "0")} / {Text(Rate(figure.Attacked), "0")}", Text(figure.Ratio, "0.00"),
                $"{Text(figure.Undisturbed.P99Milliseconds, "0")} / {Text(figure.Attacked.P99Milliseconds, "0")}",
                $"{figure.Undisturbed.Failed} / {figure.Attacked.Failed}",
                Markup.Escape(figure.Steady.Error ?? Text(figure.SteadyRatio, "0.00")),
                Text(figure.Steady.LongestStallMilliseconds, "0"),
                $"{Megabytes(figure.Before.WorkingSet)} / {Megabytes(figure.Peak.WorkingSet)} / "
                    + $"{Megabytes(figure.After.WorkingSet)}",
                figure.Held ? "held" : "NOT held");
        }

        AnsiConsole.Console.WriteTable(table);
        AnsiConsole.MarkupLine(
            "Undisturbed / attacked; memory: working set before, at the peak, after. Held: nothing failed or differed, goodput "
                + "and the steady connection at 0.8 at least, memory within 50 MB and what open connections may hold.");
        AnsiConsole.MarkupLineInterpolated($"{report.System}, {report.Runtime}, {report.Processors} processors");

        static double Rate(Traffic.SwarmResult result) => result.Bytes * 8 / result.Seconds / 1e6;
        static string Megabytes(long bytes) => Text(bytes / 1e6, "0");
        static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
    }
}
