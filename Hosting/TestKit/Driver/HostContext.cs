using System.IO.Pipelines;
using ActorStack.Actors.Connections;

namespace ActorStack.TestKit.Driver;

/// <summary>
/// Where the code of one host runs, be it a node, the host of the peers or the test itself: on the thread of the network, one
/// piece after another. What an await resumes comes back here as well, whichever thread completed it.
/// </summary>
/// <remarks>
/// A continuation that asked for no context (<c>ConfigureAwait(false)</c>, as within the class library) runs without one, because
/// .NET would otherwise move what follows it to the thread pool.
/// </remarks>
/// <param name="queue">The work of the network.</param>
internal sealed class HostContext(WorkQueue queue) : SynchronizationContext
{
    /// <summary>The process of the host was killed: none of its code runs any more.</summary>
    public bool IsDead { get; set; }

    /// <summary>The scheduler of the pipes of the host's connections.</summary>
    public PipeScheduler Scheduler => field ??= new Pipes(this, queue);

    public override void Post(SendOrPostCallback d, object? state) => queue.Add(this, inContext: true, d.Invoke, state);

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (!queue.IsCurrentThread)
            throw new NotSupportedException("Another thread cannot wait for the thread of the network; use await.");
        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>
    /// The application whose code runs in this context. What its end resumes is the stack's, and runs without the context.
    /// </summary>
    /// <param name="application">The application of a service.</param>
    /// <param name="failed">Is told what the application threw.</param>
    public ConnectionApplication Host(ConnectionApplication application, Action<IConnectionContext, Exception> failed) =>
        (connection, stopping) =>
        {
            var ended = new TaskCompletionSource();
            var before = Current;
            SetSynchronizationContext(this);
            try
            {
                RunAsync(application, connection, stopping).ContinueWith(
                    run =>
                    {
                        if (run.Exception?.InnerException is { } error) failed(connection, error);
                        queue.Add(this, inContext: false, _ => ended.TrySetFromTask(run), null);
                    },
                    CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
            finally
            {
                SetSynchronizationContext(before);
            }

            return ended.Task;
        };

    /// <summary>What the application throws before its first await becomes a failed task too.</summary>
    private static async Task RunAsync(
        ConnectionApplication application, IConnectionContext connection, CancellationToken stopping) =>
        await application(connection, stopping);

    private sealed class Pipes(HostContext host, WorkQueue queue) : PipeScheduler
    {
        public override void Schedule(Action<object?> action, object? state) =>
            queue.Add(host, inContext: false, action, state);
    }
}
