namespace ActorStack.Tests.Common.PostgreSql;

/// <summary>A test with a server of PostgreSQL. It is skipped, with a message, where PostgreSQL is missing.</summary>
public sealed class PostgreSqlFactAttribute : FactAttribute
{
    public PostgreSqlFactAttribute() => Skip = PostgreSqlRequirement.SkipReason;
}
