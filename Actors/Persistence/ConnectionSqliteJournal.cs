using System.Collections.Immutable;
using Akka.Configuration;
using Akka.Persistence;
using Microsoft.Data.Sqlite;

namespace ActorStack.Actors.Persistence;

/// <summary>The SQL journal on SQLite.</summary>
internal sealed class ConnectionSqliteJournal(Config config) : ConnectionSqlJournal(config)
{
    private readonly string _path = new SqliteConnectionStringBuilder(config.GetString("connection-string")).DataSource;

    /// <summary>
    /// Fails where the file was removed. SQLite continues to write to a file that was removed, and those events are lost with the
    /// process.
    /// </summary>
    protected override Task<IImmutableList<Exception>> WriteMessagesAsync(
        IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken) => File.Exists(_path)
        ? base.WriteMessagesAsync(messages, cancellationToken)
        : throw new FileNotFoundException($"the journal {_path} was removed");
}
