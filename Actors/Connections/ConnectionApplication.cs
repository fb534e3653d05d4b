namespace ActorStack.Actors.Connections;

/// <summary>
/// Serves one connection. The application starts on the thread pool or on the loop, as the service is configured. When it
/// returns, its pipes are completed: a FIN follows the payload that was written, or a RST where received payload was left
/// unread. When the application throws, the connection is reset. <paramref name="stopping"/> is
/// <see cref="IConnectionContext.CloseRequested"/> and asks for an early, orderly end: from then on unread payload is discarded,
/// and written payload is sent, then a FIN, as far as the drain limit allows.
/// </summary>
public delegate Task ConnectionApplication(IConnectionContext connection, CancellationToken stopping);
