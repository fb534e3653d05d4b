using ActorStack.Transport.Linux;

namespace ActorStack.Actors.Persistence;

/// <summary>
/// The directory whose contents outlive the service. One process at a time holds its lock, which is the system's lock on an
/// open file. The lock ends with the process, so that a crash leaves nothing to clean up.
/// </summary>
public sealed class StateDirectory : IDisposable
{
    private const string LockName = "lock";
    private const string JournalName = "journal.db";

    /// <summary>
    /// The result of .NET where another process holds the lock: EWOULDBLOCK on Linux, ERROR_SHARING_VIOLATION on Windows.
    /// </summary>
    private const int SharingViolation = 11;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);

    /// <summary>The processes whose take-overs overlap.</summary>
    private const int MostProcesses = 9;

    private readonly FileStream _lock;

    private StateDirectory(string path, FileStream heldLock)
    {
        Path = path;
        _lock = heldLock;
    }

    /// <summary>The full path of the directory.</summary>
    public string Path { get; }

    /// <summary>The SQLite database of the journal.</summary>
    public string JournalPath => System.IO.Path.Combine(Path, JournalName);

    /// <summary>Creates the directory where it is missing and takes its lock.</summary>
    /// <exception cref="StateDirectoryException">The directory cannot be created or written, or another process holds its
    /// lock.</exception>
    public static StateDirectory Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(full);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Refuse($"State directory {full} cannot be made", full, error);
        }

        return new StateDirectory(full, TakeLock(full));
    }

    /// <summary>
    /// Opens the directory, or where another process holds its lock, the first of its subdirectories 2, 3 and so on that is free.
    /// </summary>
    /// <exception cref="StateDirectoryException">As <see cref="Open"/>; or all are in use.</exception>
    public static StateDirectory OpenFree(string path)
    {
        for (var number = 1; ; number++)
        {
            try
            {
                return Open(number == 1 ? path : System.IO.Path.Combine(path, $"{number}"));
            }
            catch (StateDirectoryException error)
                when (error.InnerException is { } cause && IsInUse(cause) && number < MostProcesses)
            {
                // The next one may be free.
            }
        }
    }

    /// <summary>Releases the lock, so that another service may use the directory.</summary>
    public void Dispose() => _lock.Dispose();

    /// <summary>Opens the lock file without sharing: .NET locks it by flock(2).</summary>
    private static FileStream TakeLock(string directory)
    {
        var path = System.IO.Path.Combine(directory, LockName);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (IsInUse(error))
        {
            var holder = FileLockHolder.Find(path) is { } process ? $"process {process}" : "another process";
            throw new StateDirectoryException(
                $"State directory {directory} is in use by {holder}.",
                $"Stop {holder}, or give this service a directory of its own.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Refuse($"State directory {directory} is not writable", directory, error);
        }
    }

    private static bool IsInUse(Exception error) => error.HResult is SharingViolation or WindowsSharingViolation;

    private static StateDirectoryException Refuse(string message, string directory, Exception error)
    {
        var problem = StorageProblem.Of(error, directory);
        return new StateDirectoryException($"{message}: {problem.Message}.", problem.WhatToDo, error);
    }
}
