using System.Net;
using ActorStack.Transport.Tcp;

namespace ActorStack.Hosting;

/// <summary>What an application settles for one connection that it opens.</summary>
public sealed class ConnectOptions
{
    /// <summary>
    /// One of the stack's addresses, and a port, 0 for one that the stack chooses; null: the stack's first address of the peer's version,
    /// and such a port.
    /// </summary>
    public IPEndPoint? Local { get; set; }

    /// <summary>What the connection starts with, made from what is settled for the stack; null: just that.</summary>
    public Func<SocketOptions, SocketOptions>? Socket { get; set; }
}
