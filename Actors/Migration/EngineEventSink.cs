using ActorStack.Actors.Connections;
using ActorStack.Transport.Engines;
using ActorStack.Transport.State;
using Akka.Actor;

namespace ActorStack.Actors.Migration;

/// <summary>Takes an engine's events from any thread to the connection's actor.</summary>
internal sealed class EngineEventSink(IActorRef connection, TimeProvider time) : IEngineEvents
{
    public void Initiated(EngineHandle handle, FidelityLedger ledger) => Tell(new ConnectionProtocol.Initiated(handle, ledger));

    public void Refused(EngineHandle handle, RefusalReason reason, string detail) =>
        Tell(new ConnectionProtocol.Refused(handle, reason, detail));

    public void UploadRequested(EngineHandle handle, UploadReason reason, string detail) =>
        Tell(new ConnectionProtocol.UploadRequested(handle, reason, detail));

    public void Frozen(EngineHandle handle) => Tell(new ConnectionProtocol.Frozen(handle, time.GetTimestamp()));

    public void Terminated(EngineHandle handle, TcpConnectionState state, FidelityLedger ledger) =>
        Tell(new ConnectionProtocol.Terminated(handle, state, ledger));

    public void Aborted(EngineHandle handle, Exception error) => Tell(new ConnectionProtocol.Aborted(handle, error));

    private void Tell(ConnectionProtocol.EngineEvent told) => connection.Tell(told, ActorRefs.NoSender);
}
