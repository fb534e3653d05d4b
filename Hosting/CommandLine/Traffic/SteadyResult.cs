namespace ActorStack.CommandLine.Traffic;

/// <summary>One connection that went on all the time.</summary>
/// <param name="Bytes">Sent, come back and compared.</param>
/// <param name="Seconds">How long it lasted.</param>
/// <param name="LongestStallMilliseconds">The longest time in which no byte came back.</param>
/// <param name="Error">Why it ended early; null: it did not, and no byte differed.</param>
internal sealed record SteadyResult(long Bytes, double Seconds, double LongestStallMilliseconds, string? Error);
