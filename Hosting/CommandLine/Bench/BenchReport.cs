namespace ActorStack.CommandLine.Bench;

/// <summary>What the benchmark measured, and on what.</summary>
internal sealed record BenchReport(
    DateTimeOffset At, string System, string Runtime, int Processors, IReadOnlyList<BenchFigure> Figures);
