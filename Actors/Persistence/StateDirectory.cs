using ActorStack.Transport.Linux;

namespace ActorStack.Actors.Persistence;

/// <summary>
/// The directory that outlives the service, held by one process at a time. The lock is the system's on an open file: it ends with the
/// process, however that ends, so nothing has to be cleaned up after a crash, and the system alone tells who holds it.
/// </summary>
public sealed class StateDirectory : IDisposable
{
    private const string LockName = "lock";
    private const string JournalName = "journal.db";

    /// <summary>.NET throws it where another holds the lock: EWOULDBLOCK of Linux, ERROR_SHARING_VIOLATION of Windows.</summary>
    private const int SharingViolation = 11;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);

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

    /// <summary>Makes the directory where it is missing and takes its lock.</summary>
    /// <exception cref="StateDirectoryException">It cannot be made or written, or another process holds it.</exception>
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

    /// <summary>Gives the directory back, so that another service may take it.</summary>
    public void Dispose() => _lock.Dispose();

    /// <summary>A file that nobody else may open at once: .NET takes the lock of flock(2) for it.</summary>
    private static FileStream TakeLock(string directory)
    {
        var path = System.IO.Path.Combine(directory, LockName);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (error.HResult is SharingViolation or WindowsSharingViolation)
        {
            var holder = FileLockHolder.Find(path) is { } process ? $"process {process}" : "another process";
            throw new StateDirectoryException(
                $"State directory {directory} is in use by {holder}.", $"Stop {holder}, or give this service a directory of its own.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Refuse($"State directory {directory} is not writable", directory, error);
        }
    }

    private static StateDirectoryException Refuse(string message, string directory, Exception error)
    {
        var problem = StorageProblem.Of(error, directory);
        return new StateDirectoryException($"{message}: {problem.Message}.", problem.WhatToDo, error);
    }
}
