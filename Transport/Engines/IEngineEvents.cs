using ActorStack.Transport.State;

namespace ActorStack.Transport.Engines;

/// <summary>
/// The events of an engine for the connection that it runs. They are raised on any thread, also from inside a call to the engine.
/// The callee only takes note and returns.
/// </summary>
public interface IEngineEvents
{
    /// <summary>The state is in the engine, which waits for <see cref="IOffloadEngine.Activate"/>.</summary>
    void Initiated(EngineHandle handle, FidelityLedger ledger);

    /// <summary>The engine does not take the connection, and has kept no part of it.</summary>
    void Refused(EngineHandle handle, RefusalReason reason, string detail);

    /// <summary>The engine asks to be rid of the connection. It goes on running it until it is terminated.</summary>
    void UploadRequested(EngineHandle handle, UploadReason reason, string detail);

    /// <summary>
    /// The engine takes no segments from now on: the blackout begins, and the caller holds the frames that arrive.
    /// </summary>
    void Frozen(EngineHandle handle);

    /// <summary>
    /// The connection has left the engine, and this is its state, with the bytes that the engine still held. Where
    /// <see cref="ConnectionPayload.Undelivered"/> is empty, the undelivered bytes are in the receive queue already.
    /// </summary>
    void Terminated(EngineHandle handle, ConnectionImage image, FidelityLedger ledger);

    /// <summary>
    /// The connection ended in the engine by a RST of the peer, a timeout or an error. There is nothing left to upload.
    /// </summary>
    void Aborted(EngineHandle handle, Exception error);
}
