using System.Globalization;

namespace ActorStack.Actors.Persistence;

/// <summary>
/// The directory that outlives the service, held by one process at a time. The lock is the system's on an open file: it ends with the
/// process, however that ends, so nothing has to be cleaned up after a crash.
/// </summary>
public sealed class StateDirectory : IDisposable
{
    private const string LockName = "lock";
    private const string HolderName = "pid";
    private const string JournalName = "journal.db";

    private readonly FileStream _lock;

    private StateDirectory(string path, FileStream heldLock)
    {
        Path = path;
        _lock = heldLock;
    }

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
            throw new StateDirectoryException(
                $"State directory {full} cannot be made: {error.Message}", "Choose another directory, or make it writable for this user.", error);
        }

        return new StateDirectory(full, TakeLock(full));
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream TakeLock(string directory)
    {
        var path = System.IO.Path.Combine(directory, LockName);
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(System.IO.Path.Combine(directory, HolderName), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return file;
        }
        catch (IOException error) when (file is null && File.Exists(path))
        {
            var holder = ReadHolder(directory);
            throw new StateDirectoryException(
                $"State directory {directory} is in use by {holder}.", $"Stop {holder}, or give this service a directory of its own.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw new StateDirectoryException(
                $"State directory {directory} is not writable: {error.Message}", "Choose another directory, or make it writable for this user.", error);
        }
    }

    /// <summary>The lock file itself cannot be read while it is locked.</summary>
    private static string ReadHolder(string directory)
    {
        try
        {
            return $"process {File.ReadAllText(System.IO.Path.Combine(directory, HolderName)).Trim()}";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "another process";
        }
    }
}
