namespace ActorStack.Hosting;

/// <summary>
/// Serves the connections of one port. One instance per connection, resolved from a dependency injection scope of its own, which
/// ends with it.
/// </summary>
public abstract class ConnectionHandler
{
    /// <summary>
    /// Serves one connection. When it returns, a FIN follows what it wrote; when it throws, the connection is reset, and so where it left
    /// received bytes unread (RFC 9293 section 3.6.1).
    /// <paramref name="stopping"/> asks for an early, orderly end.
    /// </summary>
    public abstract Task HandleAsync(Connection connection, CancellationToken stopping);
}
