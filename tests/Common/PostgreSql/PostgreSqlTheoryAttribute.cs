namespace ActorStack.Tests.Common.PostgreSql;

/// <summary>As <see cref="PostgreSqlFactAttribute"/>, with data.</summary>
public sealed class PostgreSqlTheoryAttribute : TheoryAttribute
{
    public PostgreSqlTheoryAttribute() => Skip = PostgreSqlRequirement.SkipReason;
}
