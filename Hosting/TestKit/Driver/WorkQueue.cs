using System.Collections.Concurrent;

namespace ActorStack.TestKit.Driver;

/// <summary>
/// The work of handlers and of the test, which the thread of the network does in the order in which it came. Any thread adds to
/// it.
/// </summary>
internal sealed class WorkQueue
{
    private readonly ConcurrentQueue<(HostContext Host, bool InContext, Action<object?> Run, object? State)> _items = new();
    private readonly AutoResetEvent _added = new(false);
    private readonly int _thread = Environment.CurrentManagedThreadId;

    /// <summary>Whether this is the thread of the network.</summary>
    public bool IsCurrentThread => Environment.CurrentManagedThreadId == _thread;

    /// <param name="host">Whose work it is; it is left undone where the host is dead.</param>
    /// <param name="inContext">Whether awaits within the work continue in the context of the host.</param>
    /// <param name="run">The work.</param>
    /// <param name="state">Its argument.</param>
    public void Add(HostContext host, bool inContext, Action<object?> run, object? state)
    {
        _items.Enqueue((host, inContext, run, state));
        if (!IsCurrentThread) _added.Set();
    }

    /// <summary>Does the work that is there. False: there was none.</summary>
    public bool Run()
    {
        var worked = false;
        for (var left = _items.Count; left > 0 && _items.TryDequeue(out var item); left--)
        {
            worked = true;
            if (item.Host.IsDead) continue;
            SynchronizationContext.SetSynchronizationContext(item.InContext ? item.Host : null);
            try
            {
                item.Run(item.State);
            }
            finally
            {
                SynchronizationContext.SetSynchronizationContext(null);
            }
        }

        return worked;
    }

    /// <summary>Waits in real time until another thread adds work, or the time is up.</summary>
    public void Wait(TimeSpan time) => _added.WaitOne(time);
}
