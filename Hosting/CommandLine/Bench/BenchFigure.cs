namespace ActorStack.CommandLine.Bench;

/// <summary>One measured figure: the median of its rounds.</summary>
/// <param name="Target"><c>plain</c>: plain .NET sockets; else where the connection ran.</param>
/// <param name="RatioToPlain">The same scenario on plain .NET sockets is 1; null where there is nothing to compare.</param>
internal sealed record BenchFigure(string Scenario, string Target, double Value, string Unit, double? RatioToPlain, IReadOnlyList<double> Rounds);
