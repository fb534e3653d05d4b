namespace ActorStack.Hosting;

/// <summary>
/// The journal of the stack. A journal that the nodes of a cluster share makes their claims of connections durable. A member that
/// is null has its value in <c>actorstack.journal</c> of <c>akka.hocon</c>.
/// </summary>
public sealed class JournalOptions
{
    /// <summary>Where the journal is.</summary>
    public JournalProvider? Provider { get; set; }

    /// <summary>
    /// The connection string of the database: <c>Data Source=FILE</c> for SQLite, <c>Host=NAME;Database=NAME;Username=NAME</c>
    /// for PostgreSQL. It may have a password, so it is never logged.
    /// </summary>
    public string? ConnectionString { get; set; }
}
