namespace ActorStack.CommandLine.Bench.Paths;

/// <summary>The measurements of <c>bench --paths</c>; of a run that was interrupted, those made before.</summary>
/// <param name="At">The wall clock at the end of the run.</param>
/// <param name="System">The operating system.</param>
/// <param name="Runtime">The .NET runtime.</param>
/// <param name="Processors">Processors that the process may use.</param>
/// <param name="Seconds">Time of one measurement; null: <see cref="PathCell.TimeFor"/>.</param>
/// <param name="Seeds">The seeds of the paths.</param>
/// <param name="Buffers">What kernel and stack may hold on a connection.</param>
/// <param name="Summary">The figures in brief.</param>
/// <param name="Figures">The cells that were measured.</param>
/// <param name="Failures">The cells that could not be measured.</param>
internal sealed record PathBenchReport(
    DateTimeOffset At, string System, string Runtime, int Processors, double? Seconds, IReadOnlyList<int> Seeds, string Buffers,
    PathSummary Summary, IReadOnlyList<PathFigure> Figures, IReadOnlyList<PathFailure> Failures);
