using ActorStack.Journal.PostgreSql;
using Microsoft.Extensions.DependencyInjection;

namespace ActorStack.Hosting;

/// <summary>Lets a stack keep its journal in PostgreSQL.</summary>
public static class PostgreSqlJournalExtensions
{
    /// <summary>
    /// Keeps the journal in a database of PostgreSQL, which the nodes of a cluster share, where the option
    /// <see cref="JournalOptions.Provider"/> is <see cref="JournalProvider.PostgreSql"/>.
    /// </summary>
    /// <param name="stack">The stack.</param>
    /// <param name="connectionString">
    /// The connection string of Npgsql, as <c>Host=NAME;Database=NAME;Username=NAME</c>, which also sets the provider; null: both
    /// are in the configuration.
    /// </param>
    public static ActorStackBuilder AddPostgreSqlJournal(this ActorStackBuilder stack, string? connectionString = null)
    {
        ArgumentNullException.ThrowIfNull(stack);
        stack.Services.AddSingleton(new JournalDriver(JournalProvider.PostgreSql, PostgreSqlJournal.Open));
        if (connectionString is not null)
        {
            stack.Services.Configure<ActorStackOptions>(options =>
                (options.Journal.Provider, options.Journal.ConnectionString) = (JournalProvider.PostgreSql, connectionString));
        }

        return stack;
    }
}
