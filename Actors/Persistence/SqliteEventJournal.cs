using Akka.Configuration;

namespace ActorStack.Actors.Persistence;

/// <summary>Akka's journal on SQLite; Akka creates it with its section.</summary>
internal sealed class SqliteEventJournal(Config config) : EventTableJournal(new SqliteEventTable(config.GetString("path")));
