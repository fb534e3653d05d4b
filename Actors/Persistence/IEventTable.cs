namespace ActorStack.Actors.Persistence;

/// <summary>
/// The rows of the journal in a database. A call that fails throws the exception of the database's provider. Any thread may use
/// it.
/// </summary>
internal interface IEventTable
{
    /// <summary>Adds the events in one transaction: all of them, or none.</summary>
    Task AppendAsync(IReadOnlyList<StoredEvent> events, CancellationToken cancellation);

    /// <summary>Reads events of one actor in their order, except deleted ones.</summary>
    /// <param name="persistenceId">The actor.</param>
    /// <param name="from">The lowest number.</param>
    /// <param name="to">The highest number.</param>
    /// <param name="limit">The most events, 1 or more.</param>
    /// <param name="cancellation">Ends the call.</param>
    Task<IReadOnlyList<StoredEvent>> ReadAsync(
        string persistenceId, long from, long to, int limit, CancellationToken cancellation);

    /// <summary>The highest number of an actor's events, deleted ones included; 0: it has none.</summary>
    Task<long> FindHighestAsync(string persistenceId, CancellationToken cancellation);

    /// <summary>
    /// Deletes events of one actor. The row of the last event stays, marked as deleted, because it holds the highest number.
    /// </summary>
    Task DeleteAsync(string persistenceId, long to, CancellationToken cancellation);
}
