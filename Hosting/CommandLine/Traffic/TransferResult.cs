namespace ActorStack.CommandLine.Traffic;

/// <summary>The client's result of a verified transfer.</summary>
/// <param name="BytesSent">Payload bytes that the client sent.</param>
/// <param name="BytesReceived">Payload bytes that the client received.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="DigestsEqual">True where each side received exactly the bytes that the other sent.</param>
/// <param name="LongestStallMilliseconds">The longest time in which neither direction carried a byte.</param>
/// <param name="Error">Why it broke off; null: it did not.</param>
internal sealed record TransferResult(
    long BytesSent, long BytesReceived, double Seconds, bool DigestsEqual, double LongestStallMilliseconds, string? Error);
