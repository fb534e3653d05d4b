using System.Globalization;
using ActorStack.Actors.Persistence;
using Microsoft.Data.Sqlite;

namespace ActorStack.Journal.Sqlite;

/// <summary>
/// The table of events in a file of SQLite. The calls run on the thread pool, because the provider's asynchronous methods block,
/// and sleep where the database is locked (https://learn.microsoft.com/dotnet/standard/data/sqlite/async).
/// </summary>
internal sealed class SqliteEventTable(string path) : IEventTable
{
    /// <summary>
    /// The table as Akka.Persistence.Sql made it in files of earlier formats, without what served its queries by tag and time.
    /// </summary>
    public const string Schema = $"""
        CREATE TABLE IF NOT EXISTS journal (
            ordering INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
            created INTEGER NOT NULL,
            deleted BIT NOT NULL,
            persistence_id NVARCHAR(255) NOT NULL,
            sequence_number INTEGER NOT NULL,
            message VARBINARY NOT NULL,
            manifest NVARCHAR(500),
            identifier INTEGER,
            writer_uuid NVARCHAR(128));
        CREATE UNIQUE INDEX IF NOT EXISTS journal_uq ON journal (persistence_id, sequence_number);
        CREATE INDEX IF NOT EXISTS journal_ended_idx ON journal (ordering) WHERE manifest = '{ConnectionEvents.ClosedManifest}';
        DROP INDEX IF EXISTS journal_created_idx;
        DROP INDEX IF EXISTS journal_sequence_number_idx;
        DROP TABLE IF EXISTS tags;
        """;

    /// <summary>Opens a connection of the pool that all users of the file share.</summary>
    public static SqliteConnection Connect(string path)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 30 }.ToString());
        connection.Open();
        return connection;
    }

    /// <inheritdoc/>
    public Task AppendAsync(IReadOnlyList<StoredEvent> events, CancellationToken cancellation) =>
        Task.Run(() => Append(events), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredEvent>> ReadAsync(
        string persistenceId, long from, long to, int limit, CancellationToken cancellation) =>
        Task.Run<IReadOnlyList<StoredEvent>>(() => Read(persistenceId, from, to, limit), cancellation);

    /// <inheritdoc/>
    public Task<long> FindHighestAsync(string persistenceId, CancellationToken cancellation) =>
        Task.Run(() => FindHighest(persistenceId), cancellation);

    /// <inheritdoc/>
    public Task DeleteAsync(string persistenceId, long to, CancellationToken cancellation) =>
        Task.Run(() => Delete(persistenceId, to), cancellation);

    /// <summary>
    /// Fails where the file was removed. SQLite continues to write to a file that was removed, and those events are lost with the
    /// process.
    /// </summary>
    private void Append(IReadOnlyList<StoredEvent> events)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"the journal {path} was removed");
        using var connection = Connect(path);
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO journal (
                created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid)
            VALUES ($created, 0, $id, $number, $message, $manifest, $identifier, $writer)
            """;
        var created = command.Parameters.Add("$created", SqliteType.Integer);
        var id = command.Parameters.Add("$id", SqliteType.Text);
        var number = command.Parameters.Add("$number", SqliteType.Integer);
        var message = command.Parameters.Add("$message", SqliteType.Blob);
        var manifest = command.Parameters.Add("$manifest", SqliteType.Text);
        var identifier = command.Parameters.Add("$identifier", SqliteType.Integer);
        var writer = command.Parameters.Add("$writer", SqliteType.Text);
        foreach (var item in events)
        {
            (created.Value, id.Value, number.Value) = (item.CreatedAt, item.PersistenceId, item.SequenceNr);
            (message.Value, manifest.Value) = (item.Payload, item.Manifest);
            (identifier.Value, writer.Value) = (item.SerializerId, item.Writer);
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    private List<StoredEvent> Read(string persistenceId, long from, long to, int limit)
    {
        using var connection = Connect(path);
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT sequence_number, message, coalesce(manifest, ''), coalesce(identifier, 0), coalesce(writer_uuid, ''), created
            FROM journal WHERE persistence_id = $id AND sequence_number BETWEEN $from AND $to AND deleted = 0
            ORDER BY sequence_number LIMIT $limit
            """;
        command.Parameters.AddWithValue("$id", persistenceId);
        command.Parameters.AddWithValue("$from", from);
        command.Parameters.AddWithValue("$to", to);
        command.Parameters.AddWithValue("$limit", limit);
        using var reader = command.ExecuteReader();
        var events = new List<StoredEvent>();
        while (reader.Read())
        {
            events.Add(new StoredEvent(
                persistenceId, reader.GetInt64(0), reader.GetFieldValue<byte[]>(1), reader.GetString(2), reader.GetInt32(3),
                reader.GetString(4), reader.GetInt64(5)));
        }

        return events;
    }

    private long FindHighest(string persistenceId)
    {
        using var connection = Connect(path);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT coalesce(max(sequence_number), 0) FROM journal WHERE persistence_id = $id";
        command.Parameters.AddWithValue("$id", persistenceId);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private void Delete(string persistenceId, long to)
    {
        using var connection = Connect(path);
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.CommandText = """
            UPDATE journal SET deleted = 1 WHERE persistence_id = $id AND sequence_number <= $to;
            DELETE FROM journal WHERE persistence_id = $id AND sequence_number <= $to
              AND sequence_number < (SELECT max(sequence_number) FROM journal WHERE persistence_id = $id);
            """;
        command.Parameters.AddWithValue("$id", persistenceId);
        command.Parameters.AddWithValue("$to", to);
        command.ExecuteNonQuery();
        transaction.Commit();
    }
}
