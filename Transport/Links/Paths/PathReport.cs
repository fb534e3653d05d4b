namespace ActorStack.Transport.Links.Paths;

/// <summary>What a path did since it was described.</summary>
internal sealed record PathReport(WireStatistics Forward, WireStatistics Backward);
