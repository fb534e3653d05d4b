using System.IO.Pipelines;
using ActorStack.Transport.Host;

namespace ActorStack.Actors.Connections;

/// <summary>
/// The accept queue of a listener with an application: each connection gets an instance of it, at once or when another one has
/// ended. The applications start and end on any thread.
/// </summary>
internal sealed class ApplicationQueue : AcceptQueue
{
    private readonly ConnectionApplication _application;
    private readonly int _concurrency;
    private readonly PipeScheduler _scheduler;
    private readonly CancellationToken _stopping;
    private readonly Action<object?> _begin;
    private readonly Lock _gate = new();
    private readonly Queue<ConnectionContext> _queued = new();
    private int _running;

    /// <param name="application">Serves each connection.</param>
    /// <param name="concurrency">The number of its instances that may run at once; 0: no limit.</param>
    /// <param name="backlog">Counts the connections that wait.</param>
    /// <param name="scheduler">The scheduler that applications start on.</param>
    /// <param name="stopping">Asks applications to end early.</param>
    public ApplicationQueue(
        ConnectionApplication application, int concurrency, AcceptBacklog backlog, PipeScheduler scheduler,
        CancellationToken stopping)
        : base(backlog)
    {
        (_application, _concurrency, _scheduler, _stopping) = (application, concurrency, scheduler, stopping);
        _begin = Begin;
    }

    public override void Add(ConnectionContext connection)
    {
        Backlog.Enter();
        if (_concurrency == 0 || TryOccupy(connection)) _scheduler.Schedule(_begin, connection);
    }

    /// <summary>The connections that wait still get their application, which is asked to end early.</summary>
    public override void End()
    {
    }

    private bool TryOccupy(ConnectionContext connection)
    {
        lock (_gate)
        {
            if (_running < _concurrency)
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
        Backlog.Leave();
        var running = ((ConnectionContext)connection!).RunAsync(_application, _stopping);
        if (_concurrency > 0) running.ContinueWith(_ => BeginNext(), TaskContinuationOptions.ExecuteSynchronously);
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
