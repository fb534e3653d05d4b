namespace ActorStack.CommandLine.Bench.Comparison;

/// <summary>What became of a figure between two runs.</summary>
internal enum Verdict
{
    /// <summary>The change is within the noise.</summary>
    Unchanged,
    Improved,
    Regressed,

    /// <summary>
    /// The figure has no direction, or it has no ratio to plain .NET sockets and the runs are from different machines.
    /// </summary>
    NotJudged,
}
