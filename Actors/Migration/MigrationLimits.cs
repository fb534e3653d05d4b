namespace ActorStack.Actors.Migration;

/// <summary>How long a migration waits for an answer.</summary>
/// <param name="Journal">For the claim to be written.</param>
/// <param name="Engine">For the engine to take the connection or to give it back.</param>
internal readonly record struct MigrationLimits(TimeSpan Journal, TimeSpan Engine)
{
    /// <summary>
    /// An engine from which nothing can be salvaged is about to give the connection back: it gets this many limits more, once.
    /// </summary>
    private const int OverdueFactor = 5;

    public TimeSpan Overdue => Engine * OverdueFactor;
}
