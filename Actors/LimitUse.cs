namespace ActorStack.Actors;

/// <summary>The current use of a limit, and how often the limit was reached.</summary>
/// <param name="Used">Gauge; for a limit of each source, the use of the source with the most.</param>
/// <param name="Limit">The limit, in the unit of <paramref name="Used"/>.</param>
/// <param name="Met">The number of SYNs that were dropped or answered with a cookie because of the limit; for memory also the
/// segments that were not accepted or not kept.</param>
public sealed record LimitUse(long Used, long Limit, long Met);
