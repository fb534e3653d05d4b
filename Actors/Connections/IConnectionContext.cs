using System.IO.Pipelines;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Connections;

/// <summary>What an application holds of one connection.</summary>
public interface IConnectionContext
{
    /// <summary>The identifier of the connection.</summary>
    ConnectionId Id { get; }

    /// <summary>The addresses and ports of the connection.</summary>
    FlowKey Flow { get; }

    /// <summary>
    /// Bytes from and to the peer. Completing the output sends a FIN after the last byte; completing it with an error resets. The
    /// input ends at the peer's FIN and throws where the connection was lost.
    /// </summary>
    IDuplexPipe Pipe { get; }

    /// <summary>
    /// The options as set last. What is set is in force after what was written before, and before what is written after; where an
    /// engine runs the connection, as far as it can.
    /// </summary>
    SocketOptions Options { get; set; }

    /// <summary>Cancelled when the connection is over, however it ended.</summary>
    CancellationToken Closed { get; }
}
