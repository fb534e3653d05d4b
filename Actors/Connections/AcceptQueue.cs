using System.IO.Pipelines;

namespace ActorStack.Actors.Connections;

/// <summary>
/// The connections of one listener that are established and whose application has not begun, as listen(2) knows them. The loop adds;
/// applications begin and end wherever they run.
/// </summary>
/// <remarks>
/// Full, it behaves as Linux's does: SYNs are dropped, and so is the acknowledgment that would complete a handshake. The SYN,ACK goes
/// again until there is room, so no connection is lost that its peer has patience for.
/// </remarks>
internal sealed class AcceptQueue
{
    private readonly ListenerSettings _settings;
    private readonly PipeScheduler _scheduler;
    private readonly LimitedLog _log;
    private readonly CancellationToken _stopping;
    private readonly Action<object?> _begin;
    private readonly Lock _gate = new();
    private readonly Queue<ConnectionContext> _queued = new();
    private int _waiting;
    private int _running;

    /// <param name="settings">How many may wait, how many run at once, and what is run.</param>
    /// <param name="scheduler">Where applications begin.</param>
    /// <param name="log">Told of applications that fail.</param>
    /// <param name="stopping">Asks applications for an early end.</param>
    public AcceptQueue(ListenerSettings settings, PipeScheduler scheduler, LimitedLog log, CancellationToken stopping)
    {
        (_settings, _scheduler, _log, _stopping) = (settings, scheduler, log, stopping);
        _begin = Begin;
    }

    /// <summary>Connections whose application has not begun.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>One more than the backlog may wait, as in Linux.</summary>
    public bool IsFull => Waiting > _settings.Backlog;

    /// <summary>The application begins now, or when another has ended.</summary>
    public void Add(ConnectionContext connection)
    {
        Interlocked.Increment(ref _waiting);
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
        Interlocked.Decrement(ref _waiting);
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
