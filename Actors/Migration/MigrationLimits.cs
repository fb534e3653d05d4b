namespace ActorStack.Actors.Migration;

/// <summary>The time that a migration waits for each kind of answer.</summary>
/// <param name="Journal">The limit for the journal to store the claim.</param>
/// <param name="Engine">The limit for the engine to take the connection or to give it back.</param>
/// <param name="Node">The limit for another node to answer a message of a handoff.</param>
/// <param name="Application">The limit for an application to dehydrate before a handoff.</param>
internal readonly record struct MigrationLimits(TimeSpan Journal, TimeSpan Engine, TimeSpan Node, TimeSpan Application)
{
    /// <summary>
    /// The number of further limits that an engine gets, once, to give the connection back where nothing can be salvaged from
    /// host memory.
    /// </summary>
    private const int OverdueFactor = 5;

    /// <summary>
    /// The limit for the journal to store the claim of an arrival: shorter than the source waits, so that the source hears the
    /// reason. </summary>
    public TimeSpan ArrivalClaim => Journal < Node * 3 / 4 ? Journal : Node * 3 / 4;

    public TimeSpan Overdue => Engine * OverdueFactor;

    /// <summary>
    /// The limit for the transfer to arrive after the target has prepared: longer than the source takes, so that the source
    /// gives up first.
    /// </summary>
    public TimeSpan Arrival => Application + (2 * Node);
}
