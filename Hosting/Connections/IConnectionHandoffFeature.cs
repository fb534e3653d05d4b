namespace ActorStack.Hosting;

/// <summary>
/// Lets the handler of a connection leave it, so that a successor goes on with it at another node: a feature of each connection
/// of the stack. <see cref="IMovableHandler"/> tells how a handler uses it.
/// </summary>
public interface IConnectionHandoffFeature
{
    /// <summary>
    /// The state with which the handler's predecessor left the connection; empty where it left without one, or where the
    /// connection is new.
    /// </summary>
    ReadOnlyMemory<byte> State { get; }

    /// <summary>
    /// The connection is to move to another node: write what you have to write, call <see cref="Leave"/> and return. A read and
    /// a flush that wait return at once, and so does the next one of each; the payload of such a flush is in the output. It is
    /// always false for a handler that is no <see cref="IMovableHandler"/>.
    /// </summary>
    bool IsLeaving { get; }

    /// <summary>The name of the node that the connection is to move to; null: <see cref="IsLeaving"/> is false.</summary>
    string? LeavingTo { get; }

    /// <summary>
    /// The id of another connection of this stack that moves to other nodes together with this one, because one application
    /// serves both: where this one is handed over, the other one is handed to the same node at once. Null: it moves alone. The
    /// handler sets it at both connections, and again at the other node.
    /// </summary>
    string? Companion { get; set; }

    /// <summary>
    /// Cancelled when <see cref="IsLeaving"/> becomes true, for a handler that waits for other things than its pipe. Where it
    /// ends the handler with an <see cref="OperationCanceledException"/>, the handler has left without a state. Do not flush with
    /// it: a flush that begins after the cancellation writes nothing.
    /// </summary>
    CancellationToken Leaving { get; }

    /// <summary>
    /// Leaves the connection, so that a successor goes on with it at another node. The handler returns next and does not use the
    /// pipe any more. What it wrote is sent; what it did not consume is there for the successor.
    /// </summary>
    /// <param name="state">
    /// At most 1 MiB in a format of the handler, which should begin with its version: the successor may be of another build.
    /// </param>
    /// <exception cref="InvalidOperationException"><see cref="IsLeaving"/> is false.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The state is too large.</exception>
    void Leave(ReadOnlyMemory<byte> state = default);
}
