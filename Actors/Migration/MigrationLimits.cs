namespace ActorStack.Actors.Migration;

/// <summary>The time that a migration waits for each kind of answer.</summary>
/// <param name="Journal">The limit for the journal to store the claim.</param>
/// <param name="Engine">The limit for the engine to take the connection or to give it back.</param>
internal readonly record struct MigrationLimits(TimeSpan Journal, TimeSpan Engine)
{
    /// <summary>
    /// The number of further limits that an engine gets, once, to give the connection back where nothing can be salvaged from
    /// host memory.
    /// </summary>
    private const int OverdueFactor = 5;

    public TimeSpan Overdue => Engine * OverdueFactor;
}
