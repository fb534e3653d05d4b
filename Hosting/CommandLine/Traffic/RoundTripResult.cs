namespace ActorStack.CommandLine.Traffic;

/// <summary>The number of round trips of 64 bytes each way, over all connections.</summary>
internal sealed record RoundTripResult(double PerSecond, double P50Microseconds, double P99Microseconds);
