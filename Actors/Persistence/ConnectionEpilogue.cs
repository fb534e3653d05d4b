using Akka.Persistence;

namespace ActorStack.Actors.Persistence;

/// <summary>
/// Reads the history of one connection of an earlier start and writes its end where that is missing. Akka logs events that
/// cannot be read or written; the history then holds the events that were read.
/// </summary>
internal sealed class ConnectionEpilogue : UntypedPersistentActor
{
    /// <summary>The snapshot store of Akka.Persistence that stores nothing; the default one would create a directory.</summary>
    private const string NoSnapshots = "akka.persistence.no-snapshot-store";

    private readonly DateTimeOffset _at;
    private readonly TaskCompletionSource<ConnectionHistory?> _result;
    private ConnectionHistory? _history;

    public ConnectionEpilogue(string persistenceId, DateTimeOffset at, TaskCompletionSource<ConnectionHistory?> result)
    {
        PersistenceId = persistenceId;
        SnapshotPluginId = NoSnapshots;
        _at = at;
        _result = result;
    }

    public override string PersistenceId { get; }

    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case IConnectionEvent next:
                _history = ConnectionHistory.Apply(_history, next);
                break;
            case RecoveryCompleted when _history is { Ended: null }:
                WriteEnd();
                break;
            case RecoveryCompleted:
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void OnCommand(object message) => Unhandled(message);

    /// <summary>Akka stops the actor after the failure.</summary>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistRejected(cause, @event, sequenceNr);
        Context.Stop(Self);
    }

    /// <summary>Sends the known history however the actor stops, because the requester waits for many such actors.</summary>
    protected override void PostStop()
    {
        _result.TrySetResult(
            _history is { Ended: null } ? _history with { Ended = ConnectionJournal.Unreadable, EndedAt = _at } : _history);
        base.PostStop();
    }

    private void WriteEnd()
    {
        var lost = new ConnectionEvents.Closed(ConnectionJournal.Lost, 0, 0, _at);
        _history = ConnectionHistory.Apply(_history, lost);
        Persist(lost, _ => Context.Stop(Self));
    }
}
