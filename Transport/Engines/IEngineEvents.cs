using ActorStack.Transport.State;

namespace ActorStack.Transport.Engines;

/// <summary>
/// The events of an engine for the connection that it runs. They are raised on any thread, also from inside a call to the engine;
/// the callee only notes it and returns.
/// </summary>
public interface IEngineEvents
{
    /// <summary>The state is in the engine, which waits for <see cref="IOffloadEngine.Activate"/>.</summary>
    void Initiated(EngineHandle handle, FidelityLedger ledger);

    /// <summary>The engine does not take the connection; it kept nothing of it.</summary>
    void Refused(EngineHandle handle, RefusalReason reason, string detail);

    /// <summary>The engine wants the connection gone. It goes on running it until terminated.</summary>
    void UploadRequested(EngineHandle handle, UploadReason reason, string detail);

    /// <summary>
    /// From now on segments are no longer taken by the engine: the blackout began, the caller holds what arrives.
    /// </summary>
    void Frozen(EngineHandle handle);

    /// <summary>
    /// The connection is out of the engine, and this is its state: bytes the engine still held are in it. Undelivered bytes have
    /// already been written to the receive queue where <see cref="ConnectionPayload.Undelivered"/> is empty.
    /// </summary>
    void Terminated(EngineHandle handle, ConnectionImage image, FidelityLedger ledger);

    /// <summary>
    /// The connection was ended in the engine: by the peer's RST, a timeout, an error. Nothing is left to upload.
    /// </summary>
    void Aborted(EngineHandle handle, Exception error);
}
