namespace ActorStack.CommandLine.Traffic;

/// <summary>The result of short verified transfers of many clients.</summary>
/// <param name="Transfers">Transfers that were right.</param>
/// <param name="Failed">The transfers that did not connect, broke off, or delivered wrong bytes.</param>
/// <param name="Bytes">The bytes of the correct transfers, in both directions.</param>
/// <param name="Seconds">How long the clients ran.</param>
/// <param name="P50Milliseconds">The median time of a transfer, connecting included.</param>
/// <param name="P99Milliseconds">The 99th percentile of the same.</param>
/// <param name="Error">The first failure.</param>
internal sealed record SwarmResult(
    int Transfers, int Failed, long Bytes, double Seconds, double P50Milliseconds, double P99Milliseconds, string? Error);
