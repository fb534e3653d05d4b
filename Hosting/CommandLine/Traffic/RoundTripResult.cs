namespace ActorStack.CommandLine.Traffic;

/// <summary>Round trips of 64 bytes each way, over all connections.</summary>
internal sealed record RoundTripResult(double PerSecond, double P50Microseconds, double P99Microseconds);
