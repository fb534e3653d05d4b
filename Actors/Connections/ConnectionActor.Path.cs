using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Paths;

namespace ActorStack.Actors.Connections;

/// <summary>Path information that connections to the same destination share (RFC 9040 section 6).</summary>
internal sealed partial class ConnectionActor
{
    private PathKnowledge? _path;

    /// <summary>Gives a new connection the cached round trip and path MTU of its destination.</summary>
    internal void PreparePath(TcpConnection tcp, TimeSpan now)
    {
        Stack.Host.Paths.Prepare(tcp, Entry.Flow.Remote.Address, now);
        _path = tcp.Path;
    }

    /// <summary>
    /// Stores the path MTU of an engine where the engine found a smaller one. An unchanged value proves nothing and is not
    /// stored.
    /// </summary>
    internal void TakeUpPath(TcpConnection tcp, TimeSpan now)
    {
        if (tcp.Path?.Mtu < _path?.Mtu) SharePath(tcp, now);
        else if (tcp.Path is { } path) _path = path;
    }

    /// <summary>
    /// Stores the path MTU that the connection has learned from a router, by timeouts or by probing, for the next connection to
    /// the destination.
    /// </summary>
    internal void SharePath(TcpConnection tcp, TimeSpan now)
    {
        if (tcp.Path is not { } path || path == _path) return;
        _path = path;
        Stack.Host.Paths.LearnPath(Entry.Flow.Remote.Address, path, now);
    }
}
