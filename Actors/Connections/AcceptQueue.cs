using System.IO.Pipelines;
using ActorStack.Transport.Host;

namespace ActorStack.Actors.Connections;

/// <summary>
/// The connections of one listener that are established and whose application has not begun, as listen(2) knows them. The loop
/// adds; applications begin and end wherever they run.
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

    /// <param name="settings">How many run at once, and what is run.</param>
    /// <param name="backlog">Counts the connections that wait.</param>
    /// <param name="scheduler">Where applications begin.</param>
    /// <param name="log">Told of applications that fail.</param>
    /// <param name="stopping">Asks applications for an early end.</param>
    public AcceptQueue(ListenerSettings settings, AcceptBacklog backlog, PipeScheduler scheduler, LimitedLog log, CancellationToken stopping)
    {
        (_settings, _backlog, _scheduler, _log, _stopping) = (settings, backlog, scheduler, log, stopping);
        _begin = Begin;
    }

    /// <summary>No further connection may be established.</summary>
    public bool IsFull => _backlog.IsFull;

    /// <summary>The application begins now, or when another has ended.</summary>
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
