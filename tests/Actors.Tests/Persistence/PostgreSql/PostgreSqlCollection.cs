namespace ActorStack.Actors.Tests.Persistence.PostgreSql;

/// <summary>The tests that share one server, each with a database of its own.</summary>
[CollectionDefinition(nameof(PostgreSqlCollection))]
public sealed class PostgreSqlCollection : ICollectionFixture<PostgreSqlFixture>;
