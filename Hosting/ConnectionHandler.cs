namespace ActorStack.Hosting;

/// <summary>
/// Serves the connections of one port. One instance per connection, resolved from a dependency injection scope of its own, which
/// ends with it.
/// </summary>
public abstract class ConnectionHandler
{
    /// <summary>
    /// Serves one connection. When it returns, a FIN follows what it wrote; when it throws, a timeout of its own included, the
    /// connection is reset, and so where it left received bytes that it was never handed, or where such come later (RFC 9293
    /// section 3.6.1, as close(2) does in Linux). Where the last bytes written matter, complete the output, read to the end, then
    /// return: a peer's close_notify that SslStream did not read is enough.
    /// <paramref name="stopping"/> asks for an early, orderly end: from then on an <see cref="OperationCanceledException"/> is as good as a
    /// return, unread bytes are discarded, and what was written is sent, then a FIN, as far as the stop's limit allows. A
    /// connection that the handler opened itself is not asked.
    /// </summary>
    public abstract Task HandleAsync(Connection connection, CancellationToken stopping);
}
