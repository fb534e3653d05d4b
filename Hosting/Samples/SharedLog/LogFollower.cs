using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorStack.Samples.SharedLog;

/// <summary>Passes on each message of the log in its order, from its creation until it is disposed.</summary>
public sealed class LogFollower : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _following;

    /// <summary>Begins.</summary>
    /// <param name="log">The log.</param>
    /// <param name="after">The number of the message after which it begins.</param>
    /// <param name="pass">Passes a message on.</param>
    /// <param name="lifetime">Stops the service where the log cannot be read any more.</param>
    /// <param name="logger">Says why.</param>
    public LogFollower(
        MessageLog log, long after, Func<LogEntry, Task> pass, IHostApplicationLifetime lifetime, ILogger logger) =>
        _following = Task.Run(async () =>
        {
            try
            {
                await foreach (var entry in log.FollowAsync(after, _stopping.Token)) await pass(entry);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                // The service has ended.
            }
            catch (Exception error)
            {
                logger.LogCritical(error, "The log cannot be followed any more; the service stops");
                lifetime.StopApplication();
            }
        });

    /// <summary>Ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _following;
        _stopping.Dispose();
    }
}
