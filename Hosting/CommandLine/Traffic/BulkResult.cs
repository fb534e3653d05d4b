namespace ActorStack.CommandLine.Traffic;

/// <summary>Bytes moved in one direction.</summary>
internal sealed record BulkResult(long Bytes, double Seconds);
