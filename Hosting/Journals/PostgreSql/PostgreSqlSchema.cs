using ActorStack.Actors.Persistence;
using Npgsql;

namespace ActorStack.Journal.PostgreSql;

/// <summary>
/// The tables of the journal in PostgreSQL. The first node makes them, under a lock of the database, because two nodes that start
/// at once would otherwise make them both. A user who may not make tables can use those that another has made.
/// </summary>
internal static class PostgreSqlSchema
{
    /// <summary>The version of the schema.</summary>
    private const int Format = 1;

    private const int StartLimitSeconds = 60;

    /// <summary>The key of the advisory lock under which tables are made: "ActorSta" as bytes.</summary>
    private const long Lock = 0x4163746f72537461;

    /// <summary>
    /// journal has the events, in the columns of Akka.Persistence.Sql, which earlier versions used. owners has the last granted
    /// claim of each connection that ever moved.
    /// </summary>
    private const string Tables = """
        CREATE TABLE journal (
            ordering BIGSERIAL PRIMARY KEY,
            created BIGINT NOT NULL,
            deleted BOOLEAN NOT NULL,
            persistence_id TEXT NOT NULL,
            sequence_number BIGINT NOT NULL,
            message BYTEA NOT NULL,
            tags TEXT,
            manifest TEXT,
            identifier INTEGER,
            writer_uuid TEXT,
            UNIQUE (persistence_id, sequence_number));
        CREATE INDEX journal_ended_idx ON journal (ordering) WHERE manifest = 'connection-closed/1';
        CREATE TABLE owners (
            connection TEXT PRIMARY KEY,
            epoch BIGINT NOT NULL,
            owner TEXT NOT NULL,
            persistence_id TEXT NOT NULL);
        CREATE INDEX owners_persistence_id_idx ON owners (persistence_id);
        CREATE TABLE journal_format (format INTEGER PRIMARY KEY);
        """;

    /// <summary>Makes the tables where they are missing.</summary>
    /// <exception cref="NpgsqlException">The database does not answer, or refuses.</exception>
    /// <exception cref="ConnectionStoreException">The tables are of a later version.</exception>
    public static void Ensure(PostgreSqlAddress address)
    {
        using var connection = new NpgsqlConnection(Patient(address));
        connection.Open();
        using var transaction = connection.BeginTransaction();
        Execute(connection, $"SELECT pg_advisory_xact_lock({Lock})");
        if (Execute(connection, "SELECT to_regclass('journal_format') IS NOT NULL") is not true)
            Execute(connection, $"{Tables} INSERT INTO journal_format VALUES ({Format})");
        var format = Execute(connection, "SELECT max(format) FROM journal_format") as int? ?? 0;
        if (format > Format)
        {
            throw new ConnectionStoreException(
                $"The journal in {address} is of a later version: its format is {format}, and this version reads up to {Format}.",
                "Run the version that wrote it, or name another database.");
        }

        transaction.Commit();
    }

    /// <summary>A start may wait longer than a claim: for a busy server, and for other nodes that make the tables.</summary>
    private static string Patient(PostgreSqlAddress address) => new NpgsqlConnectionStringBuilder(address.ConnectionString)
    {
        Timeout = StartLimitSeconds,
        CommandTimeout = StartLimitSeconds,
        Pooling = false,
    }.ConnectionString;

    private static object? Execute(NpgsqlConnection connection, string text)
    {
        using var command = new NpgsqlCommand(text, connection);
        return command.ExecuteScalar();
    }
}
