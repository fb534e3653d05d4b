using ActorStack.Transport.Buffers;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Engines;

/// <summary>
/// Runs connections in place of the software stack. Words and steps follow NDIS TCP Chimney: only the host terminates, the engine
/// asks. One connection's calls come one at a time; the answers come as <see cref="IEngineEvents"/>.
/// <code>
/// Initiate -> Initiated | Refused       the state is copied in, nothing is emitted yet
/// Activate                              the caller committed: the engine owns the connection, its frames come by Forward
/// Engage                                the last frame that went to the host is forwarded: take the rest off the wire
/// Terminate -> Frozen -> Terminated     the engine gives it back
/// Invalidate                            forget it at once and emit nothing more: rollback, or the engine is thought dead
/// </code>
/// </summary>
public interface IOffloadEngine : IDisposable
{
    /// <summary>The name that policy rules and operators use, e.g. <c>kernel</c>, <c>toe</c>.</summary>
    string Name { get; }

    /// <summary>
    /// How many connections it can hold, and what it cannot keep of a record. The same as long as the engine lives.
    /// </summary>
    EngineCapabilities Capabilities { get; }

    /// <summary>Connections that the engine holds now.</summary>
    int Count { get; }

    /// <summary>
    /// Copies the state in. The image holds the unacknowledged bytes and what else the exporting stack held; bytes the
    /// application wrote beyond them stay in <paramref name="buffers"/>, which the engine touches from Activate on.
    /// </summary>
    EngineHandle Initiate(ConnectionImage image, ConnectionBuffers buffers, IEngineEvents events);

    /// <summary>Commits the move: the caller has dropped its own state, and the unacknowledged bytes from the buffers.</summary>
    void Activate(EngineHandle handle);

    /// <summary>
    /// Frames of the connection that reached the host are all forwarded: from now on the engine may take them off the wire
    /// itself. Sooner, newer frames would overtake older ones, and the peer would take that for a loss.
    /// </summary>
    void Engage(EngineHandle handle);

    /// <summary>
    /// The application changed its options. Those that the engine cannot apply take effect when the connection comes back.
    /// </summary>
    void Update(EngineHandle handle, SocketOptions options);

    /// <summary>Asks for the connection back.</summary>
    void Terminate(EngineHandle handle);

    /// <summary>
    /// Forgets the connection silently and fences it: no segment of it leaves any more. Unknown handles are ignored.
    /// </summary>
    void Invalidate(EngineHandle handle);

    /// <summary>
    /// Rebuilds the state without the engine's help, from what host memory holds, and invalidates the handle. For an engine that
    /// was lost or does not answer. Null where the engine can't, or is giving the connection back: its answer may still come.
    /// </summary>
    (ConnectionImage Image, FidelityLedger Ledger)? Salvage(EngineHandle handle);

    /// <summary>
    /// Gives the engine a frame of this connection that reached the host after the move, or because the engine gets all its
    /// frames so; or an ICMP message that quotes the connection, for the engine to judge.
    /// </summary>
    void Forward(EngineHandle handle, in LinkFrame frame);

    /// <summary>The engine's own figures of the connection, as <c>TCP_INFO</c> names them; null where it has none.</summary>
    TcpStatistics? QueryStatistics(EngineHandle handle) => null;

    /// <summary>The figures of a connection. False where the engine does not know the handle.</summary>
    bool TryQuery(EngineHandle handle, out EngineConnectionInfo info);
}
