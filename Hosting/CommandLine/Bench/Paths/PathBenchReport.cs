namespace ActorStack.CommandLine.Bench.Paths;

/// <summary>What <c>bench --paths</c> measured; of a run that was interrupted, what it had.</summary>
/// <param name="Seconds">Time of one measurement; null: <see cref="PathCell.TimeFor"/>.</param>
/// <param name="Buffers">What kernel and stack may hold on a connection.</param>
internal sealed record PathBenchReport(
    DateTimeOffset At, string System, string Runtime, int Processors, double? Seconds, IReadOnlyList<int> Seeds, string Buffers,
    PathSummary Summary, IReadOnlyList<PathFigure> Figures, IReadOnlyList<PathFailure> Failures);
