using ActorStack.Journal.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace ActorStack.Hosting;

/// <summary>Lets a stack keep its journal in SQLite.</summary>
public static class SqliteJournalExtensions
{
    /// <summary>
    /// Keeps the journal in a file of SQLite: that of the state directory, or one that the nodes of this machine share
    /// (<see cref="JournalProvider.Sqlite"/>). Where the options name neither, the journal is in memory.
    /// </summary>
    /// <param name="stack">The stack.</param>
    /// <param name="stateDirectory">
    /// The directory of the journal, which is made where it is missing; null: the one in the configuration.
    /// </param>
    public static ActorStackBuilder AddSqliteJournal(this ActorStackBuilder stack, string? stateDirectory = null)
    {
        ArgumentNullException.ThrowIfNull(stack);
        stack.Services.AddSingleton(new JournalDriver(JournalProvider.Directory, static path => SqliteJournal.Open(path)));
        stack.Services.AddSingleton(new JournalDriver(JournalProvider.Sqlite, SqliteJournal.OpenShared));
        if (stateDirectory is not null)
            stack.Services.Configure<ActorStackOptions>(options => options.StateDirectory = stateDirectory);
        return stack;
    }
}
