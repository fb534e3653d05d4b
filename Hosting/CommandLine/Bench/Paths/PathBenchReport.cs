namespace ActorStack.CommandLine.Bench.Paths;

/// <summary>What <c>bench --paths</c> measured.</summary>
/// <param name="Buffers">What kernel and stack may hold on a connection.</param>
internal sealed record PathBenchReport(
    DateTimeOffset At, string System, string Runtime, int Processors, double Seconds, IReadOnlyList<int> Seeds, string Buffers,
    IReadOnlyList<PathFigure> Figures);
