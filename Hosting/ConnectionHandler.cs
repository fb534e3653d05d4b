namespace ActorStack.Hosting;

/// <summary>
/// Serves the connections of one port. Each connection gets an instance from a dependency injection scope of its own, which
/// ends with the connection.
/// </summary>
public abstract class ConnectionHandler
{
    /// <summary>
    /// Serves one connection. When the handler returns, a FIN follows the payload that it wrote. When it throws, a timeout of
    /// its own included, the connection is reset; so it is where received bytes are unread or bytes arrive later (RFC 9293
    /// section 3.6.1, as close(2) does in Linux). Where the last bytes that you write must arrive, complete the output, read to
    /// the end, then return: even an unread close_notify of the peer causes a reset. <paramref name="stopping"/> asks for an
    /// early, orderly end: from then on an <see cref="OperationCanceledException"/> counts as a return, unread bytes are
    /// discarded, and written payload is sent, then a FIN, as far as the drain limit allows. A connection that the handler
    /// opened itself is not affected by <paramref name="stopping"/>.
    /// </summary>
    public abstract Task HandleAsync(Connection connection, CancellationToken stopping);
}
