using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ActorStack.CommandLine.Bench.Comparison;
using ActorStack.CommandLine.Bench.Drills;
using ActorStack.CommandLine.Bench.Paths;
using ActorStack.CommandLine.Bench.Steering;
using ActorStack.CommandLine.Plot;
using ActorStack.Transport.Linux;
using Spectre.Console;

namespace ActorStack.CommandLine.Bench;

/// <summary>Measures the stacks against plain .NET sockets over the same path, in namespaces of its own.</summary>
internal static class BenchCommand
{
    private const LinuxFeatures Needed = LinuxFeatures.NetworkNamespace | LinuxFeatures.TunLink | LinuxFeatures.KernelEngine;

    private static readonly TimeSpan DefaultTime = TimeSpan.FromSeconds(1.5);

    private static readonly Option<bool> JsonOption = new("--json") { Description = "Print JSON." };

    private static readonly Option<int> Rounds = new("--rounds")
    {
        Description = "How often each figure is taken; the median counts.",
        DefaultValueFactory = _ => 3,
    };

    private static readonly Option<double?> Seconds = new("--seconds")
    {
        Description = "Time of one measurement; else 1.5, with --paths 3 to 20, with --drills 10 and 60.",
    };

    private static readonly Option<int> Idle = new("--idle")
    {
        Description = "Idle connections to weigh.",
        DefaultValueFactory = _ => 5000,
    };

    private static readonly Option<string?> Only = new("--only")
    {
        Description = "Only scenarios whose name contains this.",
        HelpName = "TEXT",
    };

    private static readonly Option<int[]> Loops = new("--loops")
    {
        Description = "Compare services with so many loops in the software stack, e.g. --loops 1 2 4.",
        HelpName = "N",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<bool> SteeringOption = new("--steering")
    {
        Description = "Measure the steering of moved flows instead: bulk by way of the old owner, and the cost of an entry.",
    };

    private static readonly Option<string?> PlotOption = new("--plot")
    {
        Description = "Also draw the ratios to plain .NET sockets as SVG.",
        HelpName = "FILE.svg",
    };

    public static Command Create()
    {
        var command = new Command("bench", "Measure against plain .NET sockets, in network namespaces of its own.")
        {
            JsonOption, Rounds, Seconds, Idle, Only, Loops, SteeringOption, PlotOption,
        };
        PathBenchCommand.AddTo(command);
        DrillBenchCommand.AddTo(command);
        CompareCommand.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var (stored, isJson) = (CompareCommand.ReadFiles(parsed), parsed.GetValue(JsonOption));
        if (stored is [var earlier, var later]) return CompareCommand.Compare(earlier, later, isJson);
        LinuxSupport.Require(Needed, "the benchmark");
        TimeSpan? time = parsed.GetValue(Seconds) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        if (parsed.GetValue(PathBenchCommand.Paths))
        {
            await PathBenchCommand.RunAsync(parsed, time, isJson, cancellation);
            return 0;
        }

        if (parsed.GetValue(DrillBenchCommand.Drills))
        {
            await DrillBenchCommand.RunAsync(parsed, time, isJson, cancellation);
            return 0;
        }

        var report = parsed.GetValue(SteeringOption)
            ? new SteeringBench(parsed.GetValue(Rounds), time ?? DefaultTime, Console.Error.WriteLine).Run()
            : await MeasureScenariosAsync(parsed, cancellation);
        if (parsed.GetValue(PlotOption) is { } drawing) SvgFile.Write(drawing, BenchPlot.Draw(report));
        if (stored is [var before]) return CompareCommand.Compare(before, report, isJson);
        if (isJson) Console.WriteLine(JsonSerializer.Serialize(report, CommandJson.Default.BenchReport));
        else Print(report);
        return 0;
    }

    private static Task<BenchReport> MeasureScenariosAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var (scenarios, rounds) = (Scenarios(parsed), parsed.GetValue(Rounds));
        return parsed.GetValue(Loops) is { Length: > 0 } loops
            ? new LoopBenchRun(
                [.. scenarios.Where(one => one.Targets.Contains(Target.Software) && !one.NeedsFreshService)], loops, rounds,
                Console.Error.WriteLine).RunAsync(cancellation)
            : new BenchRun(scenarios, rounds, Console.Error.WriteLine).RunAsync(cancellation);
    }

    private static List<IScenario> Scenarios(ParseResult parsed)
    {
        var seconds = parsed.GetValue(Seconds) ?? DefaultTime.TotalSeconds;
        (string Name, IScenario Scenario)[] all =
        [
            ("bulk up", new BulkScenario(upload: true, seconds)),
            ("bulk down", new BulkScenario(upload: false, seconds)),
            ("round trips 1", new RoundTripScenario(1, seconds)),
            ("round trips 64", new RoundTripScenario(64, seconds)),
            ("blackout", new BlackoutScenario(moves: 100)),
            ("handoff", new HandoffScenario(moves: 100)),
            ("evacuation", new EvacuationScenario(connections: 5000)),
            ("connections", new ConnectScenario(seconds)),
            ("idle", new IdleScenario(parsed.GetValue(Idle))),
        ];
        return [.. all.Where(one => one.Name.Contains(parsed.GetValue(Only) ?? "", StringComparison.Ordinal))
            .Select(one => one.Scenario)];
    }

    private static void Print(BenchReport report)
    {
        var table = new Table().Border(TableBorder.Rounded)
            .AddColumns("scenario", "target", "value", "unit", "ratio to plain .NET sockets");
        table.Columns[2].RightAligned();
        table.Columns[4].RightAligned();
        foreach (var figure in report.Figures)
        {
            var ratio = figure.RatioToPlain is { } value && figure.Target != Target.Plain
                ? value.ToString("0.00", CultureInfo.InvariantCulture)
                : "";
            table.AddRow(figure.Scenario, figure.Target, figure.Value.ToString("#,0.##", CultureInfo.InvariantCulture),
                figure.Unit, ratio);
        }

        AnsiConsole.Console.WriteTable(table);
        AnsiConsole.MarkupLineInterpolated($"{report.System}, {report.Runtime}, {report.Processors} processors");
    }
}
