namespace ActorStack.CommandLine.Bench;

/// <summary>One measured figure: the median of its rounds.</summary>
/// <param name="Scenario">What was measured.</param>
/// <param name="Target"><c>plain</c>: plain .NET sockets; else where the connection ran.</param>
/// <param name="Value">The median.</param>
/// <param name="Unit">Of the value and of the rounds.</param>
/// <param name="RatioToPlain">The same scenario on plain .NET sockets is 1; null where there is nothing to compare.</param>
/// <param name="Rounds">The figure of each round, in their order.</param>
internal sealed record BenchFigure(
    string Scenario, string Target, double Value, string Unit, double? RatioToPlain, IReadOnlyList<double> Rounds);
