namespace ActorStack.CommandLine.Bench.Drills;

/// <summary>What <c>bench --drills</c> saw.</summary>
internal sealed record DrillReport(
    DateTimeOffset At, string System, string Runtime, int Processors, IReadOnlyList<DrillFigure> Figures);
