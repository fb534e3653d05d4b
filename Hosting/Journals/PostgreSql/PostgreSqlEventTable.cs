using System.Globalization;
using ActorStack.Actors.Persistence;

namespace ActorStack.Journal.PostgreSql;

/// <summary>The table of events in PostgreSQL.</summary>
internal sealed class PostgreSqlEventTable(PostgreSqlAddress address) : IEventTable
{
    private readonly PostgreSqlClient _client = new(address);

    /// <remarks>One statement with an array for each column: one round trip for a group of any size.</remarks>
    /// <inheritdoc/>
    public Task AppendAsync(IReadOnlyList<StoredEvent> events, CancellationToken cancellation) => _client.ExecuteAsync(
        """
        INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid)
        SELECT created, false, id, number, message, manifest, identifier, writer
        FROM unnest($1, $2, $3, $4, $5, $6, $7)
            WITH ORDINALITY AS event (created, id, number, message, manifest, identifier, writer, position)
        ORDER BY position
        """,
        cancellation,
        events.Select(item => item.CreatedAt).ToArray(), events.Select(item => item.PersistenceId).ToArray(),
        events.Select(item => item.SequenceNr).ToArray(), events.Select(item => item.Payload).ToArray(),
        events.Select(item => item.Manifest).ToArray(), events.Select(item => item.SerializerId).ToArray(),
        events.Select(item => item.Writer).ToArray());

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredEvent>> ReadAsync(
        string persistenceId, long from, long to, int limit, CancellationToken cancellation) => _client.QueryAsync(
        """
        SELECT sequence_number, message, coalesce(manifest, ''), coalesce(identifier, 0), coalesce(writer_uuid, ''), created
        FROM journal WHERE persistence_id = $1 AND sequence_number BETWEEN $2 AND $3 AND NOT deleted
        ORDER BY sequence_number LIMIT $4
        """,
        row => new StoredEvent(
            persistenceId, row.GetInt64(0), row.GetFieldValue<byte[]>(1), row.GetString(2), row.GetInt32(3), row.GetString(4),
            row.GetInt64(5)),
        cancellation, persistenceId, from, to, (long)limit);

    /// <inheritdoc/>
    public async Task<long> FindHighestAsync(string persistenceId, CancellationToken cancellation)
    {
        var found = await _client.QueryAsync(
            "SELECT coalesce(max(sequence_number), 0) FROM journal WHERE persistence_id = $1", row => row.GetValue(0),
            cancellation, persistenceId).ConfigureAwait(false);
        return Convert.ToInt64(found[0], CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string persistenceId, long to, CancellationToken cancellation) => _client.ExecuteAsync(
        """
        WITH last AS (SELECT max(sequence_number) AS number FROM journal WHERE persistence_id = $1),
        kept AS (
            UPDATE journal SET deleted = true FROM last
            WHERE persistence_id = $1 AND sequence_number = last.number AND sequence_number <= $2)
        DELETE FROM journal USING last WHERE persistence_id = $1 AND sequence_number <= $2 AND sequence_number < last.number
        """,
        cancellation, persistenceId, to);
}
