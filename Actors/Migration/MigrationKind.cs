using ActorStack.Transport.Engines;

namespace ActorStack.Actors.Migration;

/// <summary>The key of the counters of migrations.</summary>
internal readonly record struct MigrationKind(Owner From, Owner To, MigrationOutcome Outcome)
{
    /// <summary>The text for people: <c>from -> to: outcome</c>.</summary>
    public override string ToString() => $"{From} -> {To}: {Outcome}";
}
