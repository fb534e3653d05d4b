using ActorStack.Actors.Persistence;
using ActorStack.Hosting.Options;
using Akka.Configuration;

namespace ActorStack.Hosting;

/// <summary>
/// The journal of the stack: in the state directory, whose lock is held until the host is disposed, in a database that nodes
/// share, or in memory.
/// </summary>
/// <param name="drivers">The drivers of the packages that the application uses.</param>
internal sealed class StackJournal(IEnumerable<JournalDriver> drivers) : IDisposable
{
    private StateDirectory? _directory;

    /// <summary>The store; null: the journal is in memory.</summary>
    public IConnectionStore? Journal { get; private set; }

    /// <summary>
    /// Opens the journal that <paramref name="config"/> names, and returns the HOCON that makes it the actor system's journal.
    /// </summary>
    /// <exception cref="StateDirectoryException">The directory or the file cannot be used.</exception>
    /// <exception cref="ConnectionStoreException">The database cannot be used.</exception>
    /// <exception cref="StackStartException">
    /// An option is malformed or missing, two contradict each other, or the application does not use the package of the database.
    /// </exception>
    public Config Open(Config config)
    {
        var stack = HoconSection.OfStack(config);
        var directory = stack.Read(StackOptionTable.StateDirectory);
        var provider = stack.Read(StackOptionTable.JournalProvider);
        var connectionString = stack.Read(StackOptionTable.JournalConnectionString);
        Journal = provider == JournalProvider.Directory
            ? OpenDirectory(directory, stack.Read(StackOptionTable.TakeOverEnabled))
            : DriverOf(provider).Open(Shared(connectionString, directory));
        return Journal?.Configuration ?? TransientJournal.Configuration;
    }

    public void Dispose() => _directory?.Dispose();

    private IConnectionStore? OpenDirectory(string path, bool takesOver)
    {
        if (path.Length == 0) return null;
        var driver = DriverOf(JournalProvider.Directory);

        // The process whose connections this one takes over holds the directory until it ends.
        _directory = takesOver ? StateDirectory.OpenFree(path) : StateDirectory.Open(path);
        return driver.Open(_directory.JournalPath);
    }

    private JournalDriver DriverOf(JournalProvider provider) =>
        drivers.LastOrDefault(driver => driver.Provider == provider) ?? throw (provider switch
        {
            JournalProvider.Directory => Missing("A state directory is named, whose journal is in SQLite", "Sqlite"),
            JournalProvider.Sqlite => Missing("The journal is in SQLite", "Sqlite"),
            _ => Missing("The journal is in PostgreSQL", "PostgreSql"),
        });

    private static StackStartException Missing(string wanted, string database) => new(
        $"{wanted}, and this application does not use package ActorStack.Journal.{database}.",
        $"Reference the package and call AddActorStack(...).Add{database}Journal(), or leave the option out: "
        + "the journal is in memory then.");

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
}
