using ActorStack.Transport.Engines;

namespace ActorStack.Actors.Migration;

/// <summary>By which migrations are counted.</summary>
internal readonly record struct MigrationKind(Owner From, Owner To, MigrationOutcome Outcome)
{
    /// <summary>As people read it: <c>from -> to: outcome</c>.</summary>
    public override string ToString() => $"{From} -> {To}: {Outcome}";
}
