using Akka.Configuration;
using Akka.Persistence.Sql;
using Microsoft.Data.Sqlite;

namespace ActorStack.Actors.Persistence;

/// <summary>
/// The journal of Akka.Persistence.Sql on SQLite in write-ahead mode, and its upkeep. Rows are bounded by the connections alive and those
/// that ended last: Akka keeps the last row of each persistence id for ever, also of deleted ones, so ended connections are removed
/// here, on a connection of its own.
/// </summary>
public sealed class SqliteJournal
{
    private const string ProviderName = "SQLite.MS";
    private const int RemovedAtOnce = 500;

    /// <summary>SQLITE_CONSTRAINT (https://sqlite.org/rescode.html#constraint).</summary>
    private const int ConstraintCode = 19;

    private readonly string _path;

    private SqliteJournal(string path) => _path = path;

    private string ConnectionString => new SqliteConnectionStringBuilder { DataSource = _path, DefaultTimeout = 30 }.ToString();

    /// <summary>Makes the file where it is missing and puts it into write-ahead mode.</summary>
    /// <exception cref="StateDirectoryException">The file cannot be opened, is none of SQLite's, or its file system has no write-ahead mode.</exception>
    public static SqliteJournal Open(string path)
    {
        var journal = new SqliteJournal(path);
        try
        {
            using var connection = journal.Connect();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode = WAL";
            var mode = command.ExecuteScalar() as string;
            if (mode != "wal")
                throw new StateDirectoryException($"Journal {path} stays in {mode} mode.", "Put the state directory on a local file system.", new InvalidOperationException(mode));
        }
        catch (SqliteException error)
        {
            throw new StateDirectoryException($"Journal {path} cannot be opened: {error.Message}", "Make it writable for this user, or move a damaged one away.", error);
        }

        return journal;
    }

    /// <summary>The HOCON that makes it the journal of an actor system; goes before the application's defaults.</summary>
    /// <remarks>One writer: SQLite has one write lock, and writes that wait for it are batched. An attempt has ended before it is given
    /// up: two of the same events in the queue would be one transaction, and each the other's duplicate.</remarks>
    public Config Configuration => ConfigurationFactory.ParseString($$"""
        akka.persistence {
          journal {
            plugin = "akka.persistence.journal.sql"
            sql {
              class = "{{typeof(ConnectionSqlJournal).FullName}}, ActorStack.Actors"
              connection-string = "{{ConnectionString}}"
              provider-name = "{{ProviderName}}"
              auto-initialize = true
              parallelism = 1
              batch-size = 1000
              buffer-size = 500000
              circuit-breaker { call-timeout = 10m, reset-timeout = 5s }
            }
          }
        }
        """).WithFallback(SqlPersistence.DefaultConfiguration);

    /// <summary>Whether a write failed because the journal has an event of the same connection and number already.</summary>
    internal static bool IsDuplicate(Exception? error) =>
        error is not null && (error is SqliteException { SqliteErrorCode: ConstraintCode } || IsDuplicate(error.InnerException));

    /// <summary>
    /// Persistence ids that begin so, but for those that begin otherwise. (Akka's read journal for SQL starts an actor that looks for
    /// rows for ever, and where rows are removed takes longer each time.)
    /// </summary>
    internal async Task<IReadOnlyList<string>> ListAsync(string prefix, string butNot, CancellationToken cancellation = default)
    {
        await using var connection = Connect();
        if (!await HasTableAsync(connection, cancellation).ConfigureAwait(false)) return [];
        await using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT DISTINCT persistence_id FROM journal
            WHERE substr(persistence_id, 1, length($prefix)) = $prefix AND substr(persistence_id, 1, length($butNot)) <> $butNot
            """;
        command.Parameters.AddWithValue("$prefix", prefix);
        command.Parameters.AddWithValue("$butNot", butNot);
        await using var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        var ids = new List<string>();
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false)) ids.Add(reader.GetString(0));
        return ids;
    }

    /// <summary>Removes ended connections but for the <paramref name="keep"/> that ended last. Returns how many rows went.</summary>
    public async Task<int> RemoveEndedAsync(int keep, CancellationToken cancellation = default)
    {
        await using var connection = Connect();
        if (!await HasTableAsync(connection, cancellation).ConfigureAwait(false)) return 0;
        await IndexEndsAsync(connection, cancellation).ConfigureAwait(false);
        var removed = 0;
        while (await RemoveSomeAsync(connection, keep, cancellation).ConfigureAwait(false) is var rows and > 0) removed += rows;
        return removed;
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection(ConnectionString);
        connection.Open();
        return connection;
    }

    private static async Task<bool> HasTableAsync(SqliteConnection connection, CancellationToken cancellation)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'journal'";
        return await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false) is not null;
    }

    private static async Task IndexEndsAsync(SqliteConnection connection, CancellationToken cancellation)
    {
        await using var command = connection.CreateCommand();
        command.CommandText =
            $"CREATE INDEX IF NOT EXISTS journal_ended_idx ON journal (ordering) WHERE manifest = '{ConnectionEvents.ClosedManifest}'";
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>In small transactions, because SQLite's one writer is also the journal's.</summary>
    private static async Task<int> RemoveSomeAsync(SqliteConnection connection, int keep, CancellationToken cancellation)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = $"""
            DELETE FROM journal WHERE persistence_id IN (
              SELECT persistence_id FROM journal WHERE manifest = '{ConnectionEvents.ClosedManifest}'
              ORDER BY ordering DESC LIMIT $count OFFSET $keep)
            """;
        command.Parameters.AddWithValue("$count", RemovedAtOnce);
        command.Parameters.AddWithValue("$keep", keep);
        return await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }
}
