using System.Text.Json;

namespace ActorStack.CommandLine.Bench.Comparison;

/// <summary>A file with the output of <c>bench --json</c>.</summary>
internal static class BenchReportFile
{
    private const string Advice = "Give a file that `actorstack bench --json` wrote, without --paths and --drills.";

    /// <summary>Members that are missing or unknown show a file of another kind.</summary>
    private static readonly CommandJson Json = new(new JsonSerializerOptions(CommandJson.Default.Options)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    });

    /// <exception cref="CommandException">The file cannot be read, or it does not hold the report of a benchmark.</exception>
    public static BenchReport Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var report = JsonSerializer.Deserialize(file, Json.BenchReport);
            return report is not null && IsWhole(report)
                ? report
                : throw new CommandException($"{path} does not hold the figures of a benchmark.", Advice, ExitCodes.Failed);
        }
        catch (JsonException error)
        {
            throw new CommandException(
                $"{path} does not hold the figures of a benchmark: {error.Message}", Advice, ExitCodes.Failed);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} cannot be read: {error.Message}", Advice, ExitCodes.Failed);
        }
    }

    private static bool IsWhole(BenchReport report) =>
        report.Figures.Count > 0
        && report.Figures.All(figure => figure is { Rounds.Count: > 0 })
        && report.Figures.DistinctBy(figure => (figure.Scenario, figure.Target, figure.Unit)).Count() == report.Figures.Count;
}
