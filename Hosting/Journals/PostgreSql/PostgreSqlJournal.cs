using ActorStack.Actors.Persistence;
using Akka.Configuration;
using Akka.Persistence;
using Npgsql;

namespace ActorStack.Journal.PostgreSql;

/// <summary>
/// The journal in PostgreSQL, and the claims of all nodes that share the database. All calls but
/// <see cref="Open"/> are asynchronous in the provider, so that a server that does not answer holds no thread.
/// </summary>
internal sealed class PostgreSqlJournal : IConnectionStore
{
    private const int RemovedAtOnce = 500;

    /// <summary>
    /// The key of the advisory lock under which one node at a time removes ended connections: "ActorEnd" as bytes.
    /// </summary>
    private const long RemovalLock = 0x4163746f72456e64;

    private const string ClaimText = """
        INSERT INTO owners (connection, epoch, owner, persistence_id) VALUES ($1, $2, $3, $4)
        ON CONFLICT (connection) DO UPDATE
        SET epoch = excluded.epoch, owner = excluded.owner, persistence_id = excluded.persistence_id
        WHERE owners.epoch < excluded.epoch
        """;

    private readonly PostgreSqlAddress _address;
    private readonly PostgreSqlClient _client;

    private PostgreSqlJournal(PostgreSqlAddress address) => (_address, _client) = (address, new PostgreSqlClient(address));

    /// <summary>Uses tables that exist; Akka calls it with the section <c>store</c> of the journal.</summary>
    public PostgreSqlJournal(Config store)
        : this(PostgreSqlAddress.Parse(store.GetString("connection-string")))
    {
    }

    /// <inheritdoc/>
    public string Location => _address.ToString();

    /// <summary>Always: the claims of a connection's owners meet in one database.</summary>
    public bool IsShared => true;

    /// <summary>
    /// The HOCON that makes it the journal of an actor system. It has the password. One attempt to write at a time is under way;
    /// one that the server answers after its limit is found by <see cref="FindAsync"/>.
    /// </summary>
    public Config Configuration => ConfigurationFactory.ParseString($$"""
        akka.persistence {
          journal {
            plugin = "akka.persistence.journal.actorstack-postgresql"
            actorstack-postgresql {
              class = "{{typeof(PostgreSqlEventJournal).FullName}}, ActorStack.Journal.PostgreSql"
              connection-string = {{Quote(_address.ConnectionString)}}
              circuit-breaker { call-timeout = 1m, reset-timeout = 1s }
            }
          }
        }
        {{GroupCommitJournal.PluginId}}.store {
          class = "{{typeof(PostgreSqlJournal).FullName}}, ActorStack.Journal.PostgreSql"
          connection-string = {{Quote(_address.ConnectionString)}}
        }
        """);

    /// <summary>Connects, and makes the tables where they are missing. It blocks for a minute at
    /// most for each.</summary>
    /// <param name="connectionString">The connection string of Npgsql.</param>
    /// <exception cref="ConnectionStoreException">The connection string is malformed, or the database cannot be used.</exception>
    public static PostgreSqlJournal Open(string connectionString)
    {
        var journal = new PostgreSqlJournal(PostgreSqlAddress.Parse(connectionString));
        try
        {
            PostgreSqlSchema.Ensure(journal._address);
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or IOException)
        {
            var problem = journal.Diagnose(error);
            throw new ConnectionStoreException(
                $"The journal cannot be opened: {problem.Message}.", problem.WhatToDo, error);
        }

        return journal;
    }

    /// <inheritdoc/>
    public StorageProblem Diagnose(Exception error) => PostgreSqlProblem.Of(error, _address);

    /// <inheritdoc/>
    public bool IsDuplicate(Exception error) =>
        error is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation }
        || (error.InnerException is { } inner && IsDuplicate(inner));

    /// <remarks>
    /// The claims go out in the order of their connections, so that two calls never wait for each other. The owners are read by a
    /// statement of its own, which sees what a rival wrote while a claim waited for the rival's row.
    /// </remarks>
    /// <inheritdoc/>
    public Task<IReadOnlyList<ClaimAnswer>> ClaimAsync(
        IReadOnlyList<OwnershipClaim> claims, CancellationToken cancellation = default) =>
        _client.UseAsync(connection => ClaimAsync(connection, claims, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<byte[]?>> FindAsync(
        IReadOnlyList<IPersistentRepresentation> events, CancellationToken cancellation = default) =>
        _client.QueryAsync(
            """
            SELECT journal.message FROM unnest($1, $2) WITH ORDINALITY AS event (id, number, position)
            LEFT JOIN journal ON journal.persistence_id = event.id AND journal.sequence_number = event.number
            ORDER BY event.position
            """,
            row => row.IsDBNull(0) ? null : row.GetFieldValue<byte[]>(0), cancellation,
            events.Select(item => item.PersistenceId).ToArray(), events.Select(item => item.SequenceNr).ToArray());

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(string prefix, string butNot, CancellationToken cancellation = default) =>
        _client.QueryAsync(
            """
            SELECT DISTINCT persistence_id FROM journal
            WHERE starts_with(persistence_id, $1) AND NOT starts_with(persistence_id, $2)
            """,
            row => row.GetString(0), cancellation, prefix, butNot);

    /// <remarks>
    /// <paramref name="keep"/> counts the connections of all nodes. While another node removes, this call returns 0.
    /// </remarks>
    /// <inheritdoc/>
    public Task<int> RemoveEndedAsync(int keep, CancellationToken cancellation = default) => _client.UseAsync(
        async connection =>
        {
            var removed = 0;
            while (await RemoveSomeAsync(connection, keep, cancellation).ConfigureAwait(false) is var rows and > 0)
                removed += rows;
            return removed;
        },
        cancellation);

    /// <summary>Removes the rows in small transactions, so that no writer waits long.</summary>
    private static async Task<int> RemoveSomeAsync(NpgsqlConnection connection, int keep, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await using var turn = PostgreSqlClient.Command(connection, "SELECT pg_try_advisory_xact_lock($1)", RemovalLock);
        if (await turn.ExecuteScalarAsync(cancellation).ConfigureAwait(false) is not true) return 0;
        await using var command = PostgreSqlClient.Command(
            connection,
            $"""
            WITH ended AS (
                SELECT persistence_id FROM journal WHERE manifest = '{ConnectionEvents.ClosedManifest}'
                ORDER BY ordering DESC LIMIT $1 OFFSET $2),
            claims AS (DELETE FROM owners WHERE persistence_id IN (SELECT persistence_id FROM ended))
            DELETE FROM journal WHERE persistence_id IN (SELECT persistence_id FROM ended)
            """,
            (long)RemovedAtOnce, (long)keep);
        var rows = await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        return rows;
    }

    private static async Task<IReadOnlyList<ClaimAnswer>> ClaimAsync(
        NpgsqlConnection connection, IReadOnlyList<OwnershipClaim> claims, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var claim in claims.OrderBy(claim => claim.Connection, StringComparer.Ordinal).ThenBy(claim => claim.Epoch))
        {
            batch.BatchCommands.Add(PostgreSqlClient.BatchCommand(
                ClaimText, claim.Connection, claim.Epoch, claim.Owner, claim.PersistenceId));
        }

        batch.BatchCommands.Add(PostgreSqlClient.BatchCommand(
            "SELECT connection, epoch, owner FROM owners WHERE connection = ANY ($1)",
            (object)claims.Select(claim => claim.Connection).Distinct().ToArray()));
        await using var reader = await batch.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        var rows = await PostgreSqlClient.ReadAsync(
            reader, row => (row.GetString(0), (row.GetInt64(1), row.GetString(2))), cancellation).ConfigureAwait(false);
        var owners = rows.ToDictionary();
        return [.. claims.Select(claim => Answer(claim, owners.GetValueOrDefault(claim.Connection, (0, ""))))];
    }

    private static ClaimAnswer Answer(OwnershipClaim claim, (long Epoch, string Owner) held) =>
        new(held.Epoch >= claim.Epoch && held.Owner == claim.Owner, held.Epoch, held.Owner);

    /// <summary>Writes a text as a HOCON string.</summary>
    private static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
