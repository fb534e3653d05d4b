namespace ActorStack.CommandLine.Traffic;

/// <summary>The result of one connection that sent at a fixed rate.</summary>
/// <param name="Bytes">The bytes that were sent, echoed and compared.</param>
/// <param name="Seconds">How long it lasted.</param>
/// <param name="LongestStallMilliseconds">The longest time in which no byte came back.</param>
/// <param name="Error">The reason of an early end; null: none, and no byte differed.</param>
internal sealed record SteadyResult(long Bytes, double Seconds, double LongestStallMilliseconds, string? Error);
