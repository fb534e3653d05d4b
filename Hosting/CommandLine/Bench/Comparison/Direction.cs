namespace ActorStack.CommandLine.Bench.Comparison;

/// <summary>Which values of a figure are good.</summary>
internal enum Direction
{
    /// <summary>The figure describes the conditions of the measurement, such as the number of connections.</summary>
    Neither,
    HigherIsBetter,
    LowerIsBetter,
}
