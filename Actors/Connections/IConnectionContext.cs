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
    /// What runs the connection now: <c>software</c> or the name of an engine. It may change at any time. Any thread may read it.
    /// </summary>
    string RunsOn { get; }

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

    /// <summary>
    /// Cancelled when no further byte comes, because the peer's FIN arrived or the connection has ended: for an application that
    /// does not read meanwhile.
    /// </summary>
    CancellationToken InputEnded { get; }

    /// <summary>
    /// Cancelled when the application is asked for an early, orderly end: by <see cref="RequestClose"/>, or because the stack
    /// stops.
    /// </summary>
    CancellationToken CloseRequested { get; }

    /// <summary>
    /// The state with which the application left the connection last, at another node or at this one; empty where it left
    /// without a state, or where the connection is new. Its format is the application's.
    /// </summary>
    ReadOnlyMemory<byte> State { get; }

    /// <summary>
    /// The connection is to move to another node. A movable application (<see cref="ListenerSettings.IsMovable"/>) then writes
    /// what it has to write, calls <see cref="Leave"/> and returns, at a point from which an application on another node can go
    /// on with the state, the unread input and nothing else. The connection goes on meanwhile. A read and a flush that wait
    /// return at once, with <see cref="ReadResult.IsCanceled"/> and <see cref="FlushResult.IsCanceled"/>, and so does the next
    /// one of each: the payload of such a flush is in the output and moves with the connection.
    /// </summary>
    bool IsLeaving { get; }

    /// <summary>The name of the node that the connection is to move to; null: it is not to move.</summary>
    string? LeavingTo { get; }

    /// <summary>
    /// The id of another connection of this stack that moves to other nodes together with this one, because one application
    /// serves both: where this one is handed over, the other one is handed to the same node at once. Null: it moves alone. The
    /// application sets it again at the other node.
    /// </summary>
    string? Companion { get; set; }

    /// <summary>
    /// Cancelled when <see cref="IsLeaving"/> becomes true, for an application that waits for other things than its pipe. A read
    /// that this token cancels is a point at which an application without a state may leave, and needs no call of
    /// <see cref="Leave"/>. Do not flush with it: a flush that begins after the cancellation writes nothing.
    /// </summary>
    CancellationToken Leaving { get; }

    /// <summary>
    /// Leaves the connection with a state, so that the application goes on from it where the connection goes on. The
    /// application returns next. What it consumed of the input and wrote to the output is done; unread input and unsent output
    /// move with the connection.
    /// </summary>
    /// <param name="state">At most <see cref="ListenerSettings.MaximumState"/> bytes, in a format of the application.</param>
    /// <exception cref="InvalidOperationException">The connection is not to move.</exception>
    void Leave(ReadOnlyMemory<byte> state);

    /// <summary>
    /// Asks the application to end, as a stop of the stack does: unread payload is then discarded, written payload is sent, then
    /// a FIN. Any thread may call it.
    /// </summary>
    void RequestClose();

    /// <summary>
    /// Resets the connection, also while another thread uses the pipe: unsent payload is lost, and the next read throws. A
    /// connection in an engine comes back to software first, because only the software stack sends a RST.
    /// </summary>
    /// <param name="reason">The reason for lists and logs.</param>
    void Abort(string reason);
}
