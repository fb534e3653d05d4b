namespace ActorStack.Actors.Connections;

/// <summary>
/// Serves one connection. Started off the stack's thread; when it returns, its pipes are completed (a FIN follows what it wrote, or a RST
/// where it left received bytes unread that it was never handed); when it throws, the connection is reset. <paramref name="stopping"/> asks
/// for an early, orderly end: from then on unread bytes are discarded, and what was written is sent, then a FIN, as far as the stop's limit
/// allows.
/// </summary>
public delegate Task ConnectionApplication(IConnectionContext connection, CancellationToken stopping);
