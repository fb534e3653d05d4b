namespace ActorStack.CommandLine.Traffic;

/// <summary>The result of many connections, each of which was echoed at intervals.</summary>
/// <param name="Connections">The connections.</param>
/// <param name="Failed">The connections that ended early or got wrong bytes.</param>
/// <param name="RoundTrips">The round trips of all connections.</param>
/// <param name="P50Milliseconds">The median round trip.</param>
/// <param name="P99Milliseconds">The 99th percentile of the round trips.</param>
/// <param name="LongestMilliseconds">The longest round trip of the connections that did not fail.</param>
/// <param name="Errors">The reasons of the failures, with their numbers.</param>
internal sealed record CrowdResult(
    int Connections, int Failed, int RoundTrips, double P50Milliseconds, double P99Milliseconds, double LongestMilliseconds,
    IReadOnlyDictionary<string, int> Errors);
