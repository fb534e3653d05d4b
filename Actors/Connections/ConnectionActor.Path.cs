using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Paths;

namespace ActorStack.Actors.Connections;

/// <summary>What connections to the same destination tell each other of the path (RFC 9040 section 6).</summary>
internal sealed partial class ConnectionActor
{
    private PathKnowledge? _path;

    /// <summary>A connection that is about to begin takes over what others learned of its path.</summary>
    internal void PreparePath(TcpConnection tcp, TimeSpan now)
    {
        Stack.Host.Paths.Prepare(tcp, Entry.Flow.Remote.Address, now);
        _path = tcp.Path;
    }

    /// <summary>A path that an engine found smaller is shared; that it says nothing of a smaller one is no finding.</summary>
    internal void TakeUpPath(TcpConnection tcp, TimeSpan now)
    {
        if (tcp.Path?.Mtu < _path?.Mtu) SharePath(tcp, now);
        else if (tcp.Path is { } path) _path = path;
    }

    /// <summary>
    /// What it learned of the path since, from a router, by timeouts or by probing, the next connection begins with.
    /// </summary>
    internal void SharePath(TcpConnection tcp, TimeSpan now)
    {
        if (tcp.Path is not { } path || path == _path) return;
        _path = path;
        Stack.Host.Paths.LearnPath(Entry.Flow.Remote.Address, path, now);
    }
}
