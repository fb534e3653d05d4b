using System.IO.Pipelines;
using ActorStack.Transport.Host;

namespace ActorStack.Actors.Connections;

/// <summary>
/// The accept queue of one listener, as in listen(2): established connections whose application has not started yet. The loop
/// adds connections to the queue; applications start and end on any thread.
/// </summary>
internal sealed class AcceptQueue
{
    private readonly ListenerSettings _settings;
    private readonly AcceptBacklog _backlog;
    private readonly PipeScheduler _scheduler;
    private readonly LimitedLog _log;
    private readonly CancellationToken _stopping;
    private readonly Action<object?> _begin;
    private readonly Lock _gate = new();
    private readonly Queue<ConnectionContext> _queued = new();
    private int _running;

    /// <param name="settings">The application of the service and the number of its instances that may run at once.</param>
    /// <param name="backlog">Counts the connections that wait.</param>
    /// <param name="scheduler">The scheduler that applications start on.</param>
    /// <param name="log">Receives the errors of applications that fail.</param>
    /// <param name="stopping">Asks applications to end early.</param>
    public AcceptQueue(
        ListenerSettings settings, AcceptBacklog backlog, PipeScheduler scheduler, LimitedLog log, CancellationToken stopping)
    {
        (_settings, _backlog, _scheduler, _log, _stopping) = (settings, backlog, scheduler, log, stopping);
        _begin = Begin;
    }

    /// <summary>True where the queue has no room for another established connection.</summary>
    public bool IsFull => _backlog.IsFull;

    /// <summary>Starts the application now, or when another application has ended.</summary>
    public void Add(ConnectionContext connection)
    {
        _backlog.Enter();
        if (_settings.Concurrency == 0 || TryOccupy(connection)) _scheduler.Schedule(_begin, connection);
    }

    private bool TryOccupy(ConnectionContext connection)
    {
        lock (_gate)
        {
            if (_running < _settings.Concurrency)
            {
                _running++;
                return true;
            }

            _queued.Enqueue(connection);
            return false;
        }
    }

    private void Begin(object? connection)
    {
        _backlog.Leave();
        var running = ((ConnectionContext)connection!).RunAsync(_settings.Application, _log, _stopping);
        if (_settings.Concurrency > 0) running.ContinueWith(_ => BeginNext(), TaskContinuationOptions.ExecuteSynchronously);
    }

    private void BeginNext()
    {
        ConnectionContext? next;
        lock (_gate)
        {
            if (!_queued.TryDequeue(out next))
            {
                _running--;
                return;
            }
        }

        _scheduler.Schedule(_begin, next);
    }
}
