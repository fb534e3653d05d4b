namespace ActorStack.CommandLine.Traffic;

/// <summary>Short verified transfers of many clients.</summary>
/// <param name="Transfers">Transfers that were right.</param>
/// <param name="Failed">Transfers that did not connect, broke off, or whose bytes differed.</param>
/// <param name="Bytes">Payload bytes of the transfers that were right, in both directions.</param>
/// <param name="Seconds">How long the clients ran.</param>
/// <param name="P50Milliseconds">The median time of a transfer, connecting included.</param>
/// <param name="P99Milliseconds">The 99th percentile of the same.</param>
/// <param name="Error">The first failure.</param>
internal sealed record SwarmResult(int Transfers, int Failed, long Bytes, double Seconds, double P50Milliseconds, double P99Milliseconds, string? Error);
