using System.IO.Pipelines;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Connections;

/// <summary>A connection as its application holds it.</summary>
public interface IConnectionContext
{
    /// <summary>The id of the connection.</summary>
    ConnectionId Id { get; }

    /// <summary>The addresses and ports of the connection.</summary>
    FlowKey Flow { get; }

    /// <summary>
    /// The payload from and to the peer. Completing the output sends a FIN after the last byte; completing it with an error
    /// resets the connection. The input ends at the peer's FIN, and reading throws where the connection was lost.
    /// </summary>
    IDuplexPipe Pipe { get; }

    /// <summary>
    /// The socket options as set last. A change applies after the payload that was written before it, and before the payload
    /// that is written after it. An engine that runs the connection applies the options that it supports.
    /// </summary>
    SocketOptions Options { get; set; }

    /// <summary>Cancelled when the connection has ended, for whatever reason.</summary>
    CancellationToken Closed { get; }
}
