using ActorStack.Actors.Persistence;
using Akka.Actor;
using Akka.Persistence;

namespace ActorStack.Actors.Tests.Persistence;

/// <summary>Persists the events it is told and answers each.</summary>
internal sealed class LifeActor : UntypedPersistentActor
{
    private ConnectionHistory? _history;

    public LifeActor(string persistenceId)
    {
        PersistenceId = persistenceId;
        SnapshotPluginId = "akka.persistence.no-snapshot-store";
    }

    public override string PersistenceId { get; }

    protected override void OnRecover(object message)
    {
        if (message is IConnectionEvent next) _history = ConnectionHistory.Apply(_history, next);
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case IConnectionEvent next:
                Persist(next, persisted =>
                {
                    _history = ConnectionHistory.Apply(_history, persisted);
                    Sender.Tell(_history!);
                });
                break;
            case "history":
                Sender.Tell(_history ?? (object)"none");
                break;
            case "delete":
                DeleteMessages(LastSequenceNr);
                break;
            case DeleteMessagesSuccess:
                break;
        }
    }
}
