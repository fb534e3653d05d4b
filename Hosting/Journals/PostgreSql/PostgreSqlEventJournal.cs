using ActorStack.Actors.Persistence;
using Akka.Configuration;

namespace ActorStack.Journal.PostgreSql;

/// <summary>Akka's journal in PostgreSQL; Akka creates it with its section.</summary>
internal sealed class PostgreSqlEventJournal(Config config)
    : EventTableJournal(new PostgreSqlEventTable(PostgreSqlAddress.Parse(config.GetString("connection-string"))));
