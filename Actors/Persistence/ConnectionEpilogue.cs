using Akka.Persistence;

namespace ActorStack.Actors.Persistence;

/// <summary>Reads the history of one connection of an earlier start and, where its end is missing, writes it.</summary>
internal sealed class ConnectionEpilogue : UntypedPersistentActor
{
    /// <summary>Akka.Persistence's own that keeps none; its default makes a directory.</summary>
    private const string NoSnapshots = "akka.persistence.no-snapshot-store";

    private readonly string _reason;
    private readonly DateTimeOffset _at;
    private readonly TaskCompletionSource<ConnectionHistory?> _result;
    private ConnectionHistory? _history;

    public ConnectionEpilogue(string persistenceId, string reason, DateTimeOffset at, TaskCompletionSource<ConnectionHistory?> result)
    {
        PersistenceId = persistenceId;
        SnapshotPluginId = NoSnapshots;
        _reason = reason;
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
                Persist(new ConnectionEvents.Closed(_reason, 0, 0, _at), closed => Finish(ConnectionHistory.Apply(_history, closed)));
                break;
            case RecoveryCompleted:
                Finish(_history);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void OnCommand(object message) => Unhandled(message);

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => _result.TrySetException(cause);

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) => _result.TrySetException(cause);

    protected override void OnRecoveryFailure(Exception reason, object? message = null) => _result.TrySetException(reason);

    private void Finish(ConnectionHistory? history)
    {
        _result.TrySetResult(history);
        Context.Stop(Self);
    }
}
