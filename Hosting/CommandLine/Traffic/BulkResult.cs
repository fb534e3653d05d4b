namespace ActorStack.CommandLine.Traffic;

/// <summary>The bytes that were carried in one direction.</summary>
internal sealed record BulkResult(long Bytes, double Seconds);
