using ActorStack.Transport.Tcp.Options;

namespace ActorStack.Hosting;

/// <summary>The TCP connection below a <c>ConnectionContext</c>: a feature of each connection of the stack.</summary>
public interface ITcpConnectionFeature
{
    /// <summary>
    /// The socket options as set last: <c>tcp.SocketOptions = tcp.SocketOptions with { Cork = true }</c>. A change applies
    /// before the payload that is written after it, and stays over every move.
    /// </summary>
    SocketOptions SocketOptions { get; set; }

    /// <summary>
    /// Cancelled when the connection has ended in both directions, for whatever reason. <c>ConnectionContext.ConnectionClosed</c>
    /// comes earlier, when no further byte can arrive: at the peer's FIN.
    /// </summary>
    CancellationToken Ended { get; }
}
