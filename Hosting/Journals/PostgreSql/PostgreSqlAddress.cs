using ActorStack.Actors.Persistence;
using Npgsql;

namespace ActorStack.Journal.PostgreSql;

/// <summary>Where the database of the journal is, and how to connect to it.</summary>
/// <param name="ConnectionString">The connection string of Npgsql, with the password.</param>
/// <param name="Host">The name or the address of the server.</param>
/// <param name="Port">The port of the server.</param>
/// <param name="Database">The database.</param>
/// <param name="User">The user; empty: the user of the process.</param>
internal sealed record PostgreSqlAddress(string ConnectionString, string Host, int Port, string Database, string User)
{
    private const string WhatToDo =
        "Write it as Host=NAME;Database=NAME;Username=NAME;Password=TEXT, and put a value that has a semicolon into quotes.";

    /// <summary>
    /// The limits of a connection string that does not set them. They are shorter than Npgsql's, so that a server that does not
    /// answer is noticed while a claim still waits: 3 seconds to connect, 5 for a statement, 1 to cancel it. There are 8
    /// connections at most, because all nodes share the server's.
    /// </summary>
    private const string Defaults =
        "Timeout=3;Command Timeout=5;Cancellation Timeout=1000;Maximum Pool Size=8;Application Name=ActorStack;";

    /// <summary>The address as people know it, without the password.</summary>
    public override string ToString() => $"database {Database} at {Host}:{Port}";

    /// <summary>Reads a connection string; what it sets goes before the defaults.</summary>
    /// <exception cref="ConnectionStoreException">The string is malformed, or names no server. Its text is not repeated, because
    /// it may have a password.</exception>
    public static PostgreSqlAddress Parse(string connectionString)
    {
        NpgsqlConnectionStringBuilder builder;
        try
        {
            builder = new NpgsqlConnectionStringBuilder(Defaults + connectionString);
        }
        catch (Exception error) when (error is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            throw new ConnectionStoreException("The connection string of the journal is malformed.", WhatToDo);
        }

        if (string.IsNullOrWhiteSpace(builder.Host))
            throw new ConnectionStoreException("The connection string of the journal names no host.", WhatToDo);
        return new PostgreSqlAddress(
            builder.ConnectionString, builder.Host, builder.Port, builder.Database ?? builder.Username ?? Environment.UserName,
            builder.Username ?? "");
    }
}
