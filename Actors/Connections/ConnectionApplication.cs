namespace ActorStack.Actors.Connections;

/// <summary>
/// Serves one connection. Started off the stack's thread; when it returns, its pipes are completed (a FIN follows what it wrote, or a RST
/// where it left received bytes unread); when it throws, the connection is reset. <paramref name="stopping"/> asks for an early, orderly end.
/// </summary>
public delegate Task ConnectionApplication(IConnectionContext connection, CancellationToken stopping);
