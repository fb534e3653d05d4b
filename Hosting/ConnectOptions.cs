using System.Net;
using ActorStack.Transport.Tcp.Options;

namespace ActorStack.Hosting;

/// <summary>What an application settles for one connection that it opens.</summary>
public sealed class ConnectOptions
{
    /// <summary>
    /// One of the stack's addresses, and a port, 0 for one that the stack chooses; null: the stack's first address of the peer's
    /// version, and such a port.
    /// </summary>
    public IPEndPoint? Local { get; set; }

    /// <summary>What the connection starts with, made from what is settled for the stack; null: just that.</summary>
    public Func<SocketOptions, SocketOptions>? Socket { get; set; }

    /// <summary>
    /// What the connection begins with. With <see cref="SocketOptions.FastOpenConnect"/> it leaves with the SYN where the
    /// destination granted that before (RFC 7413), and may then arrive twice.
    /// </summary>
    public ReadOnlyMemory<byte> FirstData { get; set; }
}
