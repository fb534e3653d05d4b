using System.Globalization;
using ActorStack.Actors.Persistence;
using Akka.Configuration;
using Akka.Persistence;
using Microsoft.Data.Sqlite;

namespace ActorStack.Journal.Sqlite;

/// <summary>
/// The journal in a file of SQLite in write-ahead mode, with its maintenance. Akka keeps the last row of every persistence id for
/// ever, even of deleted ones, so this class removes ended connections; the rows are then bounded by the living connections and
/// those that ended last. The calls run on the thread pool, as those of <see cref="SqliteEventTable"/> do.
/// </summary>
internal sealed class SqliteJournal : IConnectionStore
{
    private const int RemovedAtOnce = 500;

    /// <summary>SQLITE_CONSTRAINT (https://sqlite.org/rescode.html#constraint).</summary>
    private const int ConstraintCode = 19;

    /// <summary>The version of the schema, which SQLite stores as user_version. 0: a file from before versions.</summary>
    private const int Format = 3;

    /// <summary>The format since which the owners have their table.</summary>
    private const int WithOwners = 2;

    /// <summary>
    /// The table of the last granted claim of each connection that ever moved. The claims of format 1 are those of an earlier
    /// start, whose connections have ended.
    /// </summary>
    private const string OwnersTable = """
        DROP TABLE IF EXISTS owners;
        CREATE TABLE owners (
            connection TEXT PRIMARY KEY, epoch INTEGER NOT NULL, owner TEXT NOT NULL, persistence_id TEXT NOT NULL) WITHOUT ROWID
        """;

    private readonly string _path;

    private SqliteJournal(string path, bool isShared) => (_path, IsShared) = (path, isShared);

    /// <summary>Opens an existing file; Akka calls it with the section <c>store</c> of the journal.</summary>
    public SqliteJournal(Config store)
        : this(store.GetString("path"), store.GetBoolean("shared"))
    {
    }

    /// <summary>The directory of the database file.</summary>
    public string Location => Path.GetDirectoryName(_path)!;

    /// <inheritdoc/>
    public bool IsShared { get; }

    /// <summary>Creates the file where it is missing and puts it into write-ahead mode.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isShared">Whether the nodes of this machine share the file.</param>
    /// <exception cref="StateDirectoryException">The file cannot be opened or is no SQLite database, or its file system does
    /// not support write-ahead mode.</exception>
    public static SqliteJournal Open(string path, bool isShared = false)
    {
        var journal = new SqliteJournal(Path.GetFullPath(path), isShared);
        try
        {
            using var connection = journal.Connect();
            journal.EnterWriteAheadMode(connection);
            journal.MarkFormat(connection);
        }
        catch (SqliteException error)
        {
            var problem = SqliteProblem.Of(error, journal.Location);
            throw new StateDirectoryException($"Journal {path} cannot be opened: {problem.Message}.", problem.WhatToDo, error);
        }

        return journal;
    }

    /// <summary>Opens the file that a connection string names, for the nodes of this machine that share it.</summary>
    /// <param name="connectionString">The connection string of SQLite, of which the name of the file counts.</param>
    /// <exception cref="StateDirectoryException">As <see cref="Open"/>.</exception>
    /// <exception cref="ConnectionStoreException">The connection string is malformed, or names no file.</exception>
    public static SqliteJournal OpenShared(string connectionString) => Open(FileOf(connectionString), isShared: true);

    private static string FileOf(string connectionString)
    {
        const string WhatToDo = "Write it as Data Source=FILE.";
        try
        {
            if (new SqliteConnectionStringBuilder(connectionString).DataSource is { Length: > 0 } file) return file;
        }
        catch (Exception error) when (error is ArgumentException or FormatException)
        {
            throw new ConnectionStoreException("The connection string of the journal is malformed.", WhatToDo, error);
        }

        throw new ConnectionStoreException("The connection string of the journal names no file.", WhatToDo);
    }

    private void EnterWriteAheadMode(SqliteConnection connection)
    {
        var mode = Execute(connection, "PRAGMA journal_mode = WAL") as string;
        if (mode == "wal") return;
        throw new StateDirectoryException(
            $"Journal {_path} stays in {mode} mode.", "Put the state directory on a local file system.",
            new InvalidOperationException(mode));
    }

    /// <summary>
    /// Writes for the first time, so that a full or read-only disk is reported at the start. The transaction keeps other
    /// processes away while the schema changes.
    /// </summary>
    private void MarkFormat(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction();
        var format = (long)Execute(connection, "PRAGMA user_version")!;
        if (format > Format)
        {
            throw new StateDirectoryException(
                $"Journal {_path} is of a later version: its format is {format}, and this version reads up to {Format}.",
                "Run the version that wrote it, or choose another directory.", new NotSupportedException($"format {format}"));
        }

        if (format < WithOwners) Execute(connection, OwnersTable);
        if (format < Format) Execute(connection, SqliteEventTable.Schema);
        Execute(connection, $"PRAGMA user_version = {Format}");
        transaction.Commit();
    }

    private static object? Execute(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        return command.ExecuteScalar();
    }

    /// <summary>The HOCON that makes it the journal of an actor system; it precedes the application's defaults.</summary>
    /// <remarks>There is one writer, because SQLite has one write lock. An attempt must end before it is given up: otherwise two
    /// attempts to write the same events could be under way, and each would be the other's duplicate.</remarks>
    public Config Configuration => ConfigurationFactory.ParseString($$"""
        akka.persistence {
          journal {
            plugin = "akka.persistence.journal.actorstack-sqlite"
            actorstack-sqlite {
              class = "{{typeof(SqliteEventJournal).FullName}}, ActorStack.Journal.Sqlite"
              path = "{{HoconPath}}"
              circuit-breaker { call-timeout = 10m, reset-timeout = 5s }
            }
          }
        }
        {{GroupCommitJournal.PluginId}}.store {
          class = "{{typeof(SqliteJournal).FullName}}, ActorStack.Journal.Sqlite"
          path = "{{HoconPath}}"
          shared = {{(IsShared ? "on" : "off")}}
        }
        """);

    private string HoconPath => _path.Replace("\\", "/", StringComparison.Ordinal);

    /// <inheritdoc/>
    public StorageProblem Diagnose(Exception error) => SqliteProblem.Of(error, Location);

    /// <inheritdoc/>
    public bool IsDuplicate(Exception error) =>
        error is SqliteException { SqliteErrorCode: ConstraintCode } || (error.InnerException is { } inner && IsDuplicate(inner));

    /// <inheritdoc/>
    public Task<IReadOnlyList<ClaimAnswer>> ClaimAsync(
        IReadOnlyList<OwnershipClaim> claims, CancellationToken cancellation = default) =>
        Task.Run<IReadOnlyList<ClaimAnswer>>(() => Claim(claims), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<byte[]?>> FindAsync(
        IReadOnlyList<IPersistentRepresentation> events, CancellationToken cancellation = default) =>
        Task.Run<IReadOnlyList<byte[]?>>(() => Find(events), cancellation);

    /// <remarks>
    /// Akka's own read journal for SQL starts an actor that polls for rows for ever, and becomes slower where rows are removed.
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
            INSERT INTO owners (connection, epoch, owner, persistence_id) VALUES ($connection, $epoch, $owner, $history)
            ON CONFLICT (connection) DO UPDATE SET epoch = $epoch, owner = $owner, persistence_id = $history
            WHERE owners.epoch < $epoch;
            SELECT epoch, owner FROM owners WHERE connection = $connection;
            """;
        command.Parameters.AddWithValue("$connection", claim.Connection);
        command.Parameters.AddWithValue("$epoch", claim.Epoch);
        command.Parameters.AddWithValue("$owner", claim.Owner);
        command.Parameters.AddWithValue("$history", claim.PersistenceId);
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
        var removed = 0;
        while (RemoveSome(connection, keep) is var rows and > 0)
        {
            removed += rows;
            cancellation.ThrowIfCancellationRequested();
        }

        return removed;
    }

    private SqliteConnection Connect() => SqliteEventTable.Connect(_path);

    /// <summary>Removes the rows in small transactions, because the journal needs SQLite's one writer too.</summary>
    private static int RemoveSome(SqliteConnection connection, int keep)
    {
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            CREATE TEMP TABLE IF NOT EXISTS ended (connection TEXT PRIMARY KEY);
            DELETE FROM ended;
            INSERT OR IGNORE INTO ended SELECT persistence_id FROM journal WHERE manifest = '{ConnectionEvents.ClosedManifest}'
              ORDER BY ordering DESC LIMIT $count OFFSET $keep;
            DELETE FROM owners WHERE persistence_id IN (SELECT connection FROM ended);
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
