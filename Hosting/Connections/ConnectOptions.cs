using System.Net;
using ActorStack.Transport.Tcp.Options;

namespace ActorStack.Hosting;

/// <summary>Options of one connection that an application opens.</summary>
public sealed class ConnectOptions
{
    /// <summary>
    /// The local address, one of the stack's, and the local port, 0 for a port that the stack chooses; null: the stack's first
    /// address of the peer's IP version, and a port that the stack chooses.
    /// </summary>
    public IPEndPoint? Local { get; set; }

    /// <summary>Makes the connection's socket options from those of the stack; null: the stack's options.</summary>
    public Func<SocketOptions, SocketOptions>? Socket { get; set; }

    /// <summary>
    /// The payload to send first. With <see cref="SocketOptions.FastOpenConnect"/> the SYN carries it where the destination has
    /// granted a cookie before (RFC 7413); the payload may then arrive twice.
    /// </summary>
    public ReadOnlyMemory<byte> FirstData { get; set; }

    /// <summary>
    /// The name of a service of <see cref="ActorStackBuilder.AddConnector{THandler}"/>, whose handler serves the connection from
    /// the start, so that the connection can move as that handler can. The caller then does not use the pipe. Null: the caller
    /// serves the connection, which stays at this node.
    /// </summary>
    public string? Connector { get; set; }

    /// <summary>
    /// The state with which the handler of <see cref="Connector"/> begins, as if it had come from another node.
    /// </summary>
    public ReadOnlyMemory<byte> State { get; set; }
}
