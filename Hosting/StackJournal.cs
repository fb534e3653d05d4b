using ActorStack.Actors.Persistence;
using ActorStack.Hosting.Options;
using Akka.Configuration;

namespace ActorStack.Hosting;

/// <summary>
/// The journal of the stack: in the state directory, whose lock is held until the host is disposed, or in memory.
/// </summary>
internal sealed class StackJournal : IDisposable
{
    private StateDirectory? _directory;

    /// <summary>The store; null: the journal is in memory.</summary>
    public SqliteJournal? Journal { get; private set; }

    /// <summary>
    /// Opens the journal that <paramref name="config"/> names, and returns the HOCON that makes it the actor system's journal.
    /// </summary>
    /// <exception cref="StateDirectoryException">The directory cannot be used.</exception>
    /// <exception cref="StackStartException">The option that names the directory is malformed.</exception>
    public Config Open(Config config)
    {
        var stack = HoconSection.OfStack(config);
        var path = stack.Read(StackOptionTable.StateDirectory);
        if (path.Length == 0) return TransientJournal.Configuration;

        // The process whose connections this one takes over holds the directory until it ends.
        _directory = stack.Read(StackOptionTable.TakeOverEnabled) ? StateDirectory.OpenFree(path) : StateDirectory.Open(path);
        Journal = SqliteJournal.Open(_directory.JournalPath);
        return Journal.Configuration;
    }

    public void Dispose() => _directory?.Dispose();
}
