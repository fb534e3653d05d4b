namespace ActorStack.CommandLine.Traffic;

/// <summary>What a client saw of a verified transfer.</summary>
/// <param name="DigestsEqual">What each side received is what the other sent.</param>
/// <param name="LongestStallMilliseconds">The longest time in which neither direction moved a byte.</param>
internal sealed record TransferResult(
    long BytesSent, long BytesReceived, double Seconds, bool DigestsEqual, double LongestStallMilliseconds, string? Error);
