using ActorStack.Tests.Common.PostgreSql;

namespace ActorStack.Actors.Tests.Persistence.PostgreSql;

/// <summary>A server that starts when the first test asks for it.</summary>
public sealed class PostgreSqlFixture : IDisposable
{
    private readonly Lazy<PostgreSqlServer> _server = new();

    public PostgreSqlServer Value => _server.Value;

    public void Dispose()
    {
        if (_server.IsValueCreated) _server.Value.Dispose();
    }
}
