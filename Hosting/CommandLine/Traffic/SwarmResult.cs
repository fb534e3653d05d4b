namespace ActorStack.CommandLine.Traffic;

/// <summary>The result of short verified transfers of many clients.</summary>
/// <param name="Bytes">The bytes of the correct transfers, in both directions.</param>
/// <param name="Failed">The transfers that did not connect, broke off, or delivered wrong bytes.</param>
/// <param name="Error">The first failure.</param>
internal sealed record SwarmResult(
    int Transfers, int Failed, long Bytes, double Seconds, double P50Milliseconds, double P99Milliseconds, string? Error);
