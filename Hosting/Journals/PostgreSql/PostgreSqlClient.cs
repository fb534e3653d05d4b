using Npgsql;

namespace ActorStack.Journal.PostgreSql;

/// <summary>Statements over the pool of connections to one database. The parameters of a statement are <c>$1</c>, <c>$2</c> ...
/// </summary>
internal sealed class PostgreSqlClient(PostgreSqlAddress address)
{
    /// <summary>
    /// Uses a connection of the pool. After a failure of the network or of the server no other connection of the pool is used
    /// again, because each would fail once.
    /// </summary>
    public async Task<T> UseAsync<T>(Func<NpgsqlConnection, Task<T>> use, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(address.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellation).ConfigureAwait(false);
            return await use(connection).ConfigureAwait(false);
        }
        catch (NpgsqlException error) when (error is not PostgresException)
        {
            NpgsqlConnection.ClearPool(connection);
            throw;
        }
    }

    /// <summary>Runs a statement. Returns the number of rows that it changed.</summary>
    public Task<int> ExecuteAsync(string text, CancellationToken cancellation, params object[] values) => UseAsync(
        async connection =>
        {
            await using var command = Command(connection, text, values);
            return await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        },
        cancellation);

    /// <summary>Runs a query and returns its rows.</summary>
    public Task<IReadOnlyList<T>> QueryAsync<T>(
        string text, Func<NpgsqlDataReader, T> read, CancellationToken cancellation, params object[] values) =>
        UseAsync<IReadOnlyList<T>>(
            async connection =>
            {
                await using var command = Command(connection, text, values);
                await using var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
                return await ReadAsync(reader, read, cancellation).ConfigureAwait(false);
            },
            cancellation);

    /// <summary>Reads the rest of the rows of a result.</summary>
    public static async Task<List<T>> ReadAsync<T>(
        NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read, CancellationToken cancellation)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false)) rows.Add(read(reader));
        return rows;
    }

    /// <summary>A statement with its parameters.</summary>
    public static NpgsqlCommand Command(NpgsqlConnection connection, string text, params object[] values)
    {
        var command = new NpgsqlCommand(text, connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }

    /// <summary>A statement of a batch with its parameters.</summary>
    public static NpgsqlBatchCommand BatchCommand(string text, params object[] values)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
