namespace ActorStack.Actors;

/// <summary>How much of a limit is used now, and how often it was met.</summary>
/// <param name="Used">Gauge; of limits for each source that of the source with the most.</param>
/// <param name="Limit">In the unit of <paramref name="Used"/>.</param>
/// <param name="Met">SYNs dropped or answered with a cookie because of it; of memory also segments not taken or not kept.</param>
public sealed record LimitUse(long Used, long Limit, long Met);
