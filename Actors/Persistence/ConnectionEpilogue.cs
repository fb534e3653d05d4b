using Akka.Persistence;

namespace ActorStack.Actors.Persistence;

/// <summary>Reads the history of one connection of an earlier start and, where its end is missing, writes it.</summary>
internal sealed class ConnectionEpilogue(string persistenceId, string reason, DateTimeOffset at, TaskCompletionSource<ConnectionHistory?> result)
    : UntypedPersistentActor
{
    private ConnectionHistory? _history;

    public override string PersistenceId => persistenceId;

    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case IConnectionEvent next:
                _history = ConnectionHistory.Apply(_history, next);
                break;
            case RecoveryCompleted when _history is { Ended: null }:
                Persist(new ConnectionEvents.Closed(reason, 0, 0, at), closed => Finish(ConnectionHistory.Apply(_history, closed)));
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

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => result.TrySetException(cause);

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) => result.TrySetException(cause);

    protected override void OnRecoveryFailure(Exception reason, object? message = null) => result.TrySetException(reason);

    private void Finish(ConnectionHistory? history)
    {
        result.TrySetResult(history);
        Context.Stop(Self);
    }
}
