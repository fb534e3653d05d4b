namespace ActorStack.CommandLine.Traffic;

/// <summary>Completion times of short transfers.</summary>
internal sealed record FetchResult(int Count, double P50Milliseconds, double P99Milliseconds);
