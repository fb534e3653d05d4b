using System.Globalization;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Sql;
using Microsoft.Data.Sqlite;

namespace ActorStack.Actors.Persistence;

/// <summary>
/// The journal of Akka.Persistence.Sql on SQLite in write-ahead mode, and its upkeep. Rows are bounded by the connections alive and those
/// that ended last: Akka keeps the last row of each persistence id for ever, also of deleted ones, so ended connections are removed
/// here, on a connection of its own. That happens on the thread pool: the provider's asynchronous methods are not, and one that finds
/// the database locked sleeps (https://learn.microsoft.com/dotnet/standard/data/sqlite/async).
/// </summary>
public sealed class SqliteJournal : IConnectionStore
{
    private const string ProviderName = "SQLite.MS";
    private const int RemovedAtOnce = 500;

    /// <summary>SQLITE_CONSTRAINT (https://sqlite.org/rescode.html#constraint).</summary>
    private const int ConstraintCode = 19;

    /// <summary>Of what the journal holds; SQLite keeps it as the user_version. 0: of before there was one.</summary>
    private const int Format = 1;

    /// <summary>Of the connections that ever moved: which claim was granted last.</summary>
    private const string OwnersTable = """
        CREATE TABLE IF NOT EXISTS owners (connection TEXT PRIMARY KEY, epoch INTEGER NOT NULL, owner TEXT NOT NULL) WITHOUT ROWID
        """;

    private readonly string _path;

    private SqliteJournal(string path) => _path = path;

    /// <summary>One that was opened before; made by the journal of connections, with its section <c>store</c>.</summary>
    public SqliteJournal(Config store)
        : this(store.GetString("path"))
    {
    }

    /// <summary>The directory that holds it.</summary>
    public string Location => Path.GetDirectoryName(_path)!;

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
            Execute(connection, OwnersTable);
        }
        catch (SqliteException error)
        {
            var problem = StorageProblem.Of(error, journal.Location);
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
        {{GroupCommitJournal.PluginId}}.store {
          class = "{{typeof(SqliteJournal).FullName}}, ActorStack.Actors"
          path = "{{_path.Replace("\\", "/", StringComparison.Ordinal)}}"
        }
        """).WithFallback(SqlPersistence.DefaultConfiguration);

    /// <inheritdoc/>
    public bool IsDuplicate(Exception error) =>
        error is SqliteException { SqliteErrorCode: ConstraintCode } || (error.InnerException is { } inner && IsDuplicate(inner));

    /// <inheritdoc/>
    public Task<IReadOnlyList<ClaimAnswer>> ClaimAsync(IReadOnlyList<OwnershipClaim> claims, CancellationToken cancellation = default) =>
        Task.Run<IReadOnlyList<ClaimAnswer>>(() => Claim(claims), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<byte[]?>> FindAsync(IReadOnlyList<IPersistentRepresentation> events, CancellationToken cancellation = default) =>
        Task.Run<IReadOnlyList<byte[]?>>(() => Find(events), cancellation);

    /// <remarks>
    /// Akka's read journal for SQL starts an actor that looks for rows for ever, and where rows are removed takes longer each time.
    /// </remarks>
    public Task<IReadOnlyList<string>> ListAsync(string prefix, string butNot, CancellationToken cancellation = default) =>
        Task.Run<IReadOnlyList<string>>(() => List(prefix, butNot), cancellation);

    /// <inheritdoc/>
    public Task<int> RemoveEndedAsync(int keep, CancellationToken cancellation = default) =>
        Task.Run(() => RemoveEnded(keep, cancellation), cancellation);

    private ClaimAnswer[] Claim(IReadOnlyList<OwnershipClaim> claims)
    {
        using var connection = Connect();
        using var transaction = connection.BeginTransaction();
        ClaimAnswer[] answers = [.. claims.Select(claim => Claim(connection, claim))];
        transaction.Commit();
        return answers;
    }

    private static ClaimAnswer Claim(SqliteConnection connection, OwnershipClaim claim)
    {
        using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO owners (connection, epoch, owner) SELECT $connection, $epoch, $owner
            WHERE $epoch = 1 OR EXISTS (SELECT 1 FROM owners WHERE connection = $connection)
            ON CONFLICT (connection) DO UPDATE SET epoch = $epoch, owner = $owner
            WHERE owners.epoch = $epoch - 1 AND owners.owner = $previous;
            SELECT epoch, owner FROM owners WHERE connection = $connection;
            """;
        command.Parameters.AddWithValue("$connection", claim.Connection);
        command.Parameters.AddWithValue("$epoch", claim.Epoch);
        command.Parameters.AddWithValue("$owner", claim.Owner);
        command.Parameters.AddWithValue("$previous", claim.PreviousOwner);
        using var reader = command.ExecuteReader();
        var (epoch, owner) = reader.Read() ? (reader.GetInt64(0), reader.GetString(1)) : (0, "");
        return new ClaimAnswer(epoch >= claim.Epoch && owner == claim.Owner, epoch, owner);
    }

    private List<byte[]?> Find(IReadOnlyList<IPersistentRepresentation> events)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT message FROM journal WHERE persistence_id = $id AND sequence_number = $number";
        var id = command.Parameters.Add("$id", SqliteType.Text);
        var number = command.Parameters.Add("$number", SqliteType.Integer);
        var found = new List<byte[]?>(events.Count);
        foreach (var item in events)
        {
            (id.Value, number.Value) = (item.PersistenceId, item.SequenceNr);
            found.Add(command.ExecuteScalar() as byte[]);
        }

        return found;
    }

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
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            CREATE TEMP TABLE IF NOT EXISTS ended (connection TEXT PRIMARY KEY);
            DELETE FROM ended;
            INSERT OR IGNORE INTO ended SELECT persistence_id FROM journal WHERE manifest = '{ConnectionEvents.ClosedManifest}'
              ORDER BY ordering DESC LIMIT $count OFFSET $keep;
            DELETE FROM owners WHERE connection IN (SELECT connection FROM ended);
            DELETE FROM journal WHERE persistence_id IN (SELECT connection FROM ended);
            SELECT changes();
            """;
        command.Parameters.AddWithValue("$count", RemovedAtOnce);
        command.Parameters.AddWithValue("$keep", keep);
        var rows = Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
        transaction.Commit();
        return rows;
    }
}
