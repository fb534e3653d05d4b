using System.Collections.Immutable;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Sql.Journal;

namespace ActorStack.Actors.Persistence;

/// <summary>
/// The SQL journal, which does not ask the database for the history of a connection of this start: there is none. Otherwise every SYN
/// would wait for a query.
/// </summary>
public sealed class ConnectionSqlJournal(Config config) : SqlWriteJournal(config)
{
    private volatile string? _newIds;

    public override Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr, CancellationToken cancellationToken) =>
        _newIds is { } prefix && persistenceId.StartsWith(prefix, StringComparison.Ordinal)
            ? Task.FromResult(0L)
            : base.ReadHighestSequenceNrAsync(persistenceId, fromSequenceNr, cancellationToken);

    protected override Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var writes = messages.ToList();
        foreach (var item in writes.SelectMany(write => (IImmutableList<IPersistentRepresentation>)write.Payload))
        {
            if (item.Payload is StackEvents.Started started) _newIds = ConnectionJournal.PersistenceIdsOf(started.Boot);
        }

        return base.WriteMessagesAsync(writes, cancellationToken);
    }
}
