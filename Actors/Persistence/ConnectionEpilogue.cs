using Akka.Persistence;

namespace ActorStack.Actors.Persistence;

/// <summary>
/// Reads the history of one connection of an earlier start and, where its end is missing, writes it. What cannot be read or written is
/// logged by Akka, and the history goes as far as it is known.
/// </summary>
internal sealed class ConnectionEpilogue : UntypedPersistentActor
{
    /// <summary>Akka.Persistence's own that keeps none; its default makes a directory.</summary>
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

    /// <summary>After a failure Akka stops the actor by itself.</summary>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistRejected(cause, @event, sequenceNr);
        Context.Stop(Self);
    }

    /// <summary>However it stops, it tells what it knows: whoever waits for it waits for many others too.</summary>
    protected override void PostStop()
    {
        _result.TrySetResult(_history is { Ended: null } ? _history with { Ended = ConnectionJournal.Unreadable, EndedAt = _at } : _history);
        base.PostStop();
    }

    private void WriteEnd()
    {
        var lost = new ConnectionEvents.Closed(ConnectionJournal.Lost, 0, 0, _at);
        _history = ConnectionHistory.Apply(_history, lost);
        Persist(lost, _ => Context.Stop(Self));
    }
}
