using ActorStack.Actors.Persistence;
using ActorStack.Actors.Persistence.PostgreSql;
using ActorStack.Hosting.Options;
using Akka.Configuration;
using Microsoft.Data.Sqlite;

namespace ActorStack.Hosting;

/// <summary>
/// The journal of the stack: in the state directory, whose lock is held until the host is disposed, in a database that nodes
/// share, or in memory.
/// </summary>
internal sealed class StackJournal : IDisposable
{
    private StateDirectory? _directory;

    /// <summary>The store; null: the journal is in memory.</summary>
    public IConnectionStore? Journal { get; private set; }

    /// <summary>
    /// Opens the journal that <paramref name="config"/> names, and returns the HOCON that makes it the actor system's journal.
    /// </summary>
    /// <exception cref="StateDirectoryException">The directory or the file cannot be used.</exception>
    /// <exception cref="ConnectionStoreException">The database cannot be used.</exception>
    /// <exception cref="StackStartException">An option is malformed or missing, or two contradict each other.</exception>
    public Config Open(Config config)
    {
        var stack = HoconSection.OfStack(config);
        var directory = stack.Read(StackOptionTable.StateDirectory);
        var provider = stack.Read(StackOptionTable.JournalProvider);
        var connectionString = stack.Read(StackOptionTable.JournalConnectionString);
        Journal = provider switch
        {
            JournalProvider.Directory => OpenDirectory(directory, stack.Read(StackOptionTable.TakeOverEnabled)),
            JournalProvider.Sqlite => SqliteJournal.Open(FileOf(Shared(connectionString, directory)), isShared: true),
            _ => PostgreSqlJournal.Open(Shared(connectionString, directory)),
        };
        return Journal?.Configuration ?? TransientJournal.Configuration;
    }

    public void Dispose() => _directory?.Dispose();

    private SqliteJournal? OpenDirectory(string path, bool takesOver)
    {
        if (path.Length == 0) return null;

        // The process whose connections this one takes over holds the directory until it ends.
        _directory = takesOver ? StateDirectory.OpenFree(path) : StateDirectory.Open(path);
        return SqliteJournal.Open(_directory.JournalPath);
    }

    /// <summary>The connection string of a journal that nodes share; it takes the place of the state directory.</summary>
    private static string Shared(string connectionString, string directory)
    {
        if (directory.Length > 0)
        {
            throw new StackStartException(
                "A state directory is named, and a journal that nodes share as well.",
                "Give one of them: actorstack.state-directory (--state), or actorstack.journal (--journal).");
        }

        return connectionString.Length > 0 ? connectionString : throw new StackStartException(
            "actorstack.journal.connection-string is empty.",
            "Give the connection string of the journal's database in the configuration, or in the environment as "
            + "ActorStack__Journal__ConnectionString.");
    }

    private static string FileOf(string connectionString)
    {
        try
        {
            if (new SqliteConnectionStringBuilder(connectionString).DataSource is { Length: > 0 } file) return file;
        }
        catch (Exception error) when (error is ArgumentException or FormatException)
        {
            throw new StackStartException(
                "The connection string of the journal is malformed.", "Write it as Data Source=FILE.", error);
        }

        throw new StackStartException("The connection string of the journal names no file.", "Write it as Data Source=FILE.");
    }
}
