using ActorStack.Actors.Persistence;
using Akka.Configuration;

namespace ActorStack.Journal.Sqlite;

/// <summary>Akka's journal on SQLite; Akka creates it with its section.</summary>
internal sealed class SqliteEventJournal(Config config) : EventTableJournal(new SqliteEventTable(config.GetString("path")));
