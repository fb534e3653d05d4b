namespace ActorStack.CommandLine.Traffic;

/// <summary>The completion times of short transfers.</summary>
internal sealed record FetchResult(int Count, double P50Milliseconds, double P99Milliseconds);
