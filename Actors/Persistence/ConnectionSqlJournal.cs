using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Sql.Journal;
using Microsoft.Data.Sqlite;

namespace ActorStack.Actors.Persistence;

/// <summary>
/// The SQL journal, which does not ask the database for the history of a connection of this start: there is none. Otherwise every SYN
/// would wait for a query. It rests a little between commits, so that those of many short connections are few and large.
/// </summary>
public sealed class ConnectionSqlJournal(Config config) : SqlWriteJournal(config)
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(10);

    private readonly string _path = new SqliteConnectionStringBuilder(config.GetString("connection-string")).DataSource;
    private volatile string? _newIds;
    private long _committedAt;

    /// <inheritdoc/>
    public override Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr, CancellationToken cancellationToken) =>
        _newIds is { } prefix && persistenceId.StartsWith(prefix, StringComparison.Ordinal)
            ? Task.FromResult(0L)
            : base.ReadHighestSequenceNrAsync(persistenceId, fromSequenceNr, cancellationToken);

    /// <inheritdoc/>
    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var writes = messages.ToList();
        var events = writes.SelectMany(write => (IImmutableList<IPersistentRepresentation>)write.Payload).Select(item => item.Payload).ToList();

        // What an open file without a name takes is lost with the process.
        if (!File.Exists(_path)) throw new FileNotFoundException($"the journal {_path} was removed");
        if (events.OfType<StackEvents.Started>().FirstOrDefault() is { } started) _newIds = ConnectionJournal.PersistenceIdsOf(started.Boot);
        var rejections = await base.WriteMessagesAsync(writes, cancellationToken).ConfigureAwait(false);
        if (!events.Any(IsAwaited)) await RestAsync(cancellationToken).ConfigureAwait(false);
        return rejections;
    }

    /// <summary>A start waits for its number, a move for its claim; for the others nobody does.</summary>
    private static bool IsAwaited(object item) => item is not (ConnectionEvents.Opened or ConnectionEvents.Closed);

    /// <summary>After a commit, not before, which has to happen in the actor's context; and not after the first for a while.</summary>
    private Task RestAsync(CancellationToken cancellation)
    {
        var isFirst = Stopwatch.GetElapsedTime(Interlocked.Exchange(ref _committedAt, Stopwatch.GetTimestamp())) > 2 * Rest;
        return isFirst ? Task.CompletedTask : Task.Delay(Rest, cancellation);
    }
}
