using ActorStack.Actors.Connections;
using ActorStack.Transport.Engines;
using ActorStack.Transport.State;
using Akka.Actor;

namespace ActorStack.Actors.Migration;

/// <summary>Sends an engine's events, from any thread, to the connection's actor.</summary>
internal sealed class EngineEventSink(IActorRef connection, TimeProvider time) : IEngineEvents
{
    public void Initiated(EngineHandle handle, FidelityLedger ledger) => Tell(new MigrationInput.Initiated(handle, ledger));

    public void Refused(EngineHandle handle, RefusalReason reason, string detail) =>
        Tell(new MigrationInput.Refused(handle, reason, detail));

    public void UploadRequested(EngineHandle handle, UploadReason reason, string detail) =>
        Tell(new MigrationInput.UploadRequested(handle, reason, detail));

    public void Frozen(EngineHandle handle) => Tell(new MigrationInput.Frozen(handle, time.GetTimestamp()));

    public void Terminated(EngineHandle handle, ConnectionImage image, FidelityLedger ledger) =>
        Tell(new MigrationInput.Terminated(handle, image, ledger));

    public void Aborted(EngineHandle handle, Exception error) => Tell(new MigrationInput.Aborted(handle, error));

    private void Tell(MigrationInput.FromEngine told) =>
        connection.Tell(new ConnectionProtocol.EngineEvent(told), ActorRefs.NoSender);
}
