using System.Net.Sockets;
using ActorStack.Actors.Persistence;
using Npgsql;

namespace ActorStack.Journal.PostgreSql;

/// <summary>Translates failures of PostgreSQL into what people can do about them.</summary>
internal static class PostgreSqlProblem
{
    private const string Server = "PostgreSQL";

    /// <param name="error">The exception, possibly wrapped.</param>
    /// <param name="address">The database.</param>
    public static StorageProblem Of(Exception error, PostgreSqlAddress address)
    {
        for (var inner = error; inner is not null; inner = inner.InnerException)
        {
            if (inner is PostgresException told) return OfState(told, address);
            if (inner is SocketException socket) return Silent(socket.Message, address);
            if (inner is TimeoutException) return Silent("it does not answer in time", address);
        }

        var text = error.GetBaseException().Message.TrimEnd('.');
        return error.GetBaseException() is NpgsqlException or IOException
            ? Silent(text, address)
            : new StorageProblem(text, $"Look into the service's log and into that of {Server} ({address}).");
    }

    private static StorageProblem Silent(string why, PostgreSqlAddress address) => new(
        $"{Server} is out of reach ({address}): {why}",
        $"Start {Server} there, or correct Host and Port in the connection string of the journal.");

    /// <summary>The codes are in appendix A of PostgreSQL's documentation.</summary>
    private static StorageProblem OfState(PostgresException told, PostgreSqlAddress address)
    {
        var advice = told.SqlState switch
        {
            PostgresErrorCodes.InvalidPassword => "Correct Username and Password in the connection string of the journal.",
            PostgresErrorCodes.InvalidAuthorizationSpecification =>
                "Correct Username in the connection string of the journal, or let the user in by pg_hba.conf.",
            PostgresErrorCodes.InvalidCatalogName =>
                $"Make it (createdb {address.Database}), or correct Database in the connection string of the journal.",
            PostgresErrorCodes.InsufficientPrivilege =>
                $"Let the user make tables in the database: GRANT CREATE, USAGE ON SCHEMA public TO {UserOf(address)}.",
            PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn =>
                "Restart the service, which makes the tables of the journal.",
            PostgresErrorCodes.DiskFull => "Free space on the disk of the database.",
            PostgresErrorCodes.TooManyConnections =>
                "Raise max_connections of PostgreSQL, or set a smaller Maximum Pool Size in the connection string of the "
                + "journal.",
            PostgresErrorCodes.ReadOnlySqlTransaction => "Name the primary server in the connection string of the journal.",
            PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow =>
                $"Start {Server} again.",
            _ => $"Look into the log of {Server}.",
        };
        return new StorageProblem($"{Server} says ({address}): {told.MessageText.TrimEnd('.')}", advice);
    }

    private static string UserOf(PostgreSqlAddress address) => address.User.Length > 0 ? address.User : Environment.UserName;
}
