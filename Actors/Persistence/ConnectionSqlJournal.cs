using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Sql.Journal;
using Microsoft.Data.Sqlite;

namespace ActorStack.Actors.Persistence;

/// <summary>The SQL journal, which rests a little between commits, so that those of many short connections are few and large.</summary>
public sealed class ConnectionSqlJournal(Config config) : SqlWriteJournal(config)
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(10);

    private readonly string _path = new SqliteConnectionStringBuilder(config.GetString("connection-string")).DataSource;
    private long _committedAt;

    /// <inheritdoc/>
    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var writes = messages.ToList();
        var events = writes.SelectMany(write => (IImmutableList<IPersistentRepresentation>)write.Payload).Select(item => item.Payload).ToList();

        // What an open file without a name takes is lost with the process.
        if (!File.Exists(_path)) throw new FileNotFoundException($"the journal {_path} was removed");
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
