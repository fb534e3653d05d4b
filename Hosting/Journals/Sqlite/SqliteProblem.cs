using ActorStack.Actors.Persistence;
using Microsoft.Data.Sqlite;

namespace ActorStack.Journal.Sqlite;

/// <summary>Translates failures of SQLite into what people can do about them.</summary>
internal static class SqliteProblem
{
    /// <summary>Result codes of SQLite (https://sqlite.org/rescode.html).</summary>
    private const int SQLITE_BUSY = 5;
    private const int SQLITE_LOCKED = 6;
    private const int SQLITE_CORRUPT = 11;
    private const int SQLITE_FULL = 13;
    private const int SQLITE_NOTADB = 26;

    /// <summary>errno(3) of Linux.</summary>
    private const int ENOSPC = 28;

    private const string ProbeName = "probe";
    private const int ProbeBytes = 4096;

    /// <param name="error">The exception, possibly wrapped.</param>
    /// <param name="directory">The directory of the database file.</param>
    public static StorageProblem Of(Exception error, string directory)
    {
        for (var inner = error; inner is not null; inner = inner.InnerException)
        {
            if (inner is SqliteException sqlite) return OfCode(sqlite, directory);
        }

        return StorageProblem.Of(error, directory);
    }

    /// <summary>
    /// Translates an error of SQLite. SQLite does not report errno, so where its own code does not tell the cause, a test write
    /// in the directory does.
    /// </summary>
    private static StorageProblem OfCode(SqliteException error, string directory) => error.SqliteErrorCode switch
    {
        SQLITE_FULL => StorageProblem.Of(new IOException(error.Message, ENOSPC), directory),
        SQLITE_CORRUPT or SQLITE_NOTADB => new StorageProblem(
            $"the database is damaged ({error.Message.TrimEnd('.')})",
            $"Stop the service and move the damaged journal in {directory} away; the next start makes a new one."),
        SQLITE_BUSY or SQLITE_LOCKED => new StorageProblem(
            "another program keeps the database locked", $"End the program that has the journal in {directory} open."),
        _ => Probe(directory) ?? new StorageProblem(
            error.Message.TrimEnd('.'),
            $"Look into the kernel's log for errors of the disk that holds {directory}, "
            + $"and make the journal there writable for the user {Environment.UserName}."),
    };

    /// <summary>Writes a test file in the directory. Returns null where that succeeds.</summary>
    private static StorageProblem? Probe(string directory)
    {
        var path = Path.Combine(directory, ProbeName);
        try
        {
            File.WriteAllBytes(path, new byte[ProbeBytes]);
            File.Delete(path);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return StorageProblem.Of(error, directory);
        }
    }
}
