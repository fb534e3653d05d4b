using Akka.Configuration;
using Akka.Persistence.Sql;
using Microsoft.Data.Sqlite;

namespace ActorStack.Actors.Persistence;

/// <summary>
/// The journal of Akka.Persistence.Sql on SQLite in write-ahead mode, and its upkeep. Rows are bounded by the connections alive and those
/// that ended last: Akka keeps the last row of each persistence id for ever, also of deleted ones, so ended connections are removed
/// here, on a connection of its own. That happens on the thread pool: the provider's asynchronous methods are not, and one that finds
/// the database locked sleeps (https://learn.microsoft.com/dotnet/standard/data/sqlite/async).
/// </summary>
public sealed class SqliteJournal
{
    private const string ProviderName = "SQLite.MS";
    private const int RemovedAtOnce = 500;

    /// <summary>SQLITE_CONSTRAINT (https://sqlite.org/rescode.html#constraint).</summary>
    private const int ConstraintCode = 19;

    /// <summary>Of what the journal holds; SQLite keeps it as the user_version. 0: of before there was one.</summary>
    private const int Format = 1;

    private readonly string _path;

    private SqliteJournal(string path) => _path = path;

    /// <summary>The directory that holds it.</summary>
    public string Directory => Path.GetDirectoryName(_path)!;

    private string ConnectionString => new SqliteConnectionStringBuilder { DataSource = _path, DefaultTimeout = 30 }.ToString();

    /// <summary>Makes the file where it is missing and puts it into write-ahead mode.</summary>
    /// <exception cref="StateDirectoryException">The file cannot be opened, is none of SQLite's, or its file system has no write-ahead mode.</exception>
    public static SqliteJournal Open(string path)
    {
        var journal = new SqliteJournal(Path.GetFullPath(path));
        try
        {
            using var connection = journal.Connect();
            journal.EnterWriteAheadMode(connection);
            journal.MarkFormat(connection);
        }
        catch (SqliteException error)
        {
            var problem = StorageProblem.Of(error, journal.Directory);
            throw new StateDirectoryException($"Journal {path} cannot be opened: {problem.Message}.", problem.WhatToDo, error);
        }

        return journal;
    }

    private void EnterWriteAheadMode(SqliteConnection connection)
    {
        var mode = Execute(connection, "PRAGMA journal_mode = WAL") as string;
        if (mode == "wal") return;
        throw new StateDirectoryException(
            $"Journal {_path} stays in {mode} mode.", "Put the state directory on a local file system.",
            new InvalidOperationException(mode));
    }

    /// <summary>Also the first write: a disk that is full or read-only is told now.</summary>
    private void MarkFormat(SqliteConnection connection)
    {
        var format = (long)Execute(connection, "PRAGMA user_version")!;
        if (format > Format)
        {
            throw new StateDirectoryException(
                $"Journal {_path} is of a later version: its format is {format}, and this version reads up to {Format}.",
                "Run the version that wrote it, or choose another directory.", new NotSupportedException($"format {format}"));
        }

        Execute(connection, $"PRAGMA user_version = {Format}");
    }

    private static object? Execute(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        return command.ExecuteScalar();
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
    internal Task<IReadOnlyList<string>> ListAsync(string prefix, string butNot, CancellationToken cancellation = default) =>
        Task.Run<IReadOnlyList<string>>(() => List(prefix, butNot), cancellation);

    /// <summary>Removes ended connections but for the <paramref name="keep"/> that ended last. Returns how many rows went.</summary>
    public Task<int> RemoveEndedAsync(int keep, CancellationToken cancellation = default) =>
        Task.Run(() => RemoveEnded(keep, cancellation), cancellation);

    private List<string> List(string prefix, string butNot)
    {
        using var connection = Connect();
        if (!HasTable(connection)) return [];
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT DISTINCT persistence_id FROM journal
            WHERE substr(persistence_id, 1, length($prefix)) = $prefix AND substr(persistence_id, 1, length($butNot)) <> $butNot
            """;
        command.Parameters.AddWithValue("$prefix", prefix);
        command.Parameters.AddWithValue("$butNot", butNot);
        using var reader = command.ExecuteReader();
        var ids = new List<string>();
        while (reader.Read()) ids.Add(reader.GetString(0));
        return ids;
    }

    private int RemoveEnded(int keep, CancellationToken cancellation)
    {
        using var connection = Connect();
        if (!HasTable(connection)) return 0;
        IndexEnds(connection);
        var removed = 0;
        while (RemoveSome(connection, keep) is var rows and > 0)
        {
            removed += rows;
            cancellation.ThrowIfCancellationRequested();
        }

        return removed;
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection(ConnectionString);
        connection.Open();
        return connection;
    }

    private static bool HasTable(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'journal'";
        return command.ExecuteScalar() is not null;
    }

    private static void IndexEnds(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            $"CREATE INDEX IF NOT EXISTS journal_ended_idx ON journal (ordering) WHERE manifest = '{ConnectionEvents.ClosedManifest}'";
        command.ExecuteNonQuery();
    }

    /// <summary>In small transactions, because SQLite's one writer is also the journal's.</summary>
    private static int RemoveSome(SqliteConnection connection, int keep)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            DELETE FROM journal WHERE persistence_id IN (
              SELECT persistence_id FROM journal WHERE manifest = '{ConnectionEvents.ClosedManifest}'
              ORDER BY ordering DESC LIMIT $count OFFSET $keep)
            """;
        command.Parameters.AddWithValue("$count", RemovedAtOnce);
        command.Parameters.AddWithValue("$keep", keep);
        return command.ExecuteNonQuery();
    }
}
