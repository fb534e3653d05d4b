using System.ComponentModel;
using Microsoft.Data.Sqlite;

namespace ActorStack.Actors.Persistence;

/// <summary>The problem that keeps the state directory or its journal from being used, in the system's words.</summary>
/// <param name="Message">A clause without a full stop, such as <c>No space left on device</c>.</param>
/// <param name="WhatToDo">Advice in whole sentences.</param>
public sealed record StorageProblem(string Message, string WhatToDo)
{
    /// <summary>errno(3) of Linux.</summary>
    private const int ENOENT = 2;
    private const int EACCES = 13;
    private const int EEXIST = 17;
    private const int ENOTDIR = 20;
    private const int ENFILE = 23;
    private const int EMFILE = 24;
    private const int ENOSPC = 28;
    private const int EROFS = 30;
    private const int EDQUOT = 122;

    /// <summary>Result codes of SQLite (https://sqlite.org/rescode.html).</summary>
    private const int SQLITE_BUSY = 5;
    private const int SQLITE_LOCKED = 6;
    private const int SQLITE_CORRUPT = 11;
    private const int SQLITE_FULL = 13;
    private const int SQLITE_NOTADB = 26;

    private const string ProbeName = "probe";
    private const int ProbeBytes = 4096;

    /// <param name="error">The exception, possibly wrapped.</param>
    /// <param name="directory">The state directory.</param>
    public static StorageProblem Of(Exception error, string directory) => Cause(error) switch
    {
        SqliteException sqlite => OfSqlite(sqlite, directory),
        UnauthorizedAccessException => OfNumber(EACCES, directory),
        FileNotFoundException missing => OfNumber(ENOENT, directory) with { Message = missing.Message },
        DirectoryNotFoundException => OfNumber(IsBelowFile(directory) ? ENOTDIR : ENOENT, directory),
        IOException { HResult: > 0 } numbered => OfNumber(numbered.HResult, directory), // .NET stores errno in HResult
        var other => new StorageProblem(other.Message.TrimEnd('.'), $"Look into the service's log and at {directory}."),
    };

    private static Exception Cause(Exception error) =>
        error is SqliteException or UnauthorizedAccessException || error.InnerException is not { } inner ? error : Cause(inner);

    private static StorageProblem OfNumber(int number, string directory) => new(new Win32Exception(number).Message, number switch
    {
        ENOSPC => $"Free space in {directory}.",
        EDQUOT => $"Free space in {directory}, or raise this user's quota.",
        EROFS => $"Mount the file system of {directory} writable, or choose another directory.",
        EACCES => $"Choose another directory, or make {directory} writable for the user {Environment.UserName}.",
        ENOENT => $"Restart the service, which makes {directory} again.",
        ENOTDIR or EEXIST => $"Choose another directory, or remove the file that is in the way of {directory}.",
        EMFILE or ENFILE => "Raise the limit of open files (ulimit -n, or LimitNOFILE in the unit of systemd).",
        _ => $"Choose another directory, or make {directory} usable.",
    });

    private static bool IsBelowFile(string? directory) =>
        directory is not null && (File.Exists(directory) || IsBelowFile(Path.GetDirectoryName(directory)));

    /// <summary>
    /// Translates an error of SQLite. SQLite does not report errno, so where its own code does not tell the cause, a test write
    /// in the directory does.
    /// </summary>
    private static StorageProblem OfSqlite(SqliteException error, string directory) => error.SqliteErrorCode switch
    {
        SQLITE_FULL => OfNumber(ENOSPC, directory),
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
            return Of(error, directory);
        }
    }
}
