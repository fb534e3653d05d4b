namespace ActorStack.CommandLine.Traffic;

/// <summary>Short verified transfers of many clients.</summary>
/// <param name="Bytes">Of the transfers that were right, both directions.</param>
/// <param name="Failed">Not connected, broken off, or bytes that differ.</param>
/// <param name="Error">The first failure.</param>
internal sealed record SwarmResult(int Transfers, int Failed, long Bytes, double Seconds, double P50Milliseconds, double P99Milliseconds, string? Error);
