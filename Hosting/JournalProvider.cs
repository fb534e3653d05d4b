namespace ActorStack.Hosting;

/// <summary>Where the journal of a stack is.</summary>
public enum JournalProvider
{
    /// <summary>In the state directory, or in memory where none is named. No other node uses it.</summary>
    Directory,

    /// <summary>In a file of SQLite that the nodes of one machine share.</summary>
    Sqlite,

    /// <summary>In a database of PostgreSQL that the nodes share.</summary>
    PostgreSql,
}
