using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ActorStack.Hosting.Control;
using ActorStack.Hosting.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace ActorStack.Hosting.Dashboard;

/// <summary>
/// Tells each viewer of what has changed by server-sent events. The rows of the table are not among them: the page asks for
/// those that it shows.
/// </summary>
internal sealed class DashboardStream(
    DashboardFeed feed, MigrationFeed migrations, bool allowsActions, IHostApplicationLifetime lifetime)
{
    /// <summary>The most viewers at a time.</summary>
    public const int MostViewers = 64;

    private int _viewers;

    public IResult Open(HttpContext context)
    {
        if (Interlocked.Increment(ref _viewers) > MostViewers)
        {
            Interlocked.Decrement(ref _viewers);
            return ControlApi.Problem(new ControlProblem(
                "about:blank", "Too many viewers", StatusCodes.Status503ServiceUnavailable,
                $"{MostViewers} pages are open already.", "Close another one."));
        }

        context.Response.OnCompleted(() =>
        {
            Interlocked.Decrement(ref _viewers);
            return Task.CompletedTask;
        });
        return TypedResults.ServerSentEvents(WatchAsync(context.RequestAborted));
    }

    /// <summary>Ends with the request or with the application, because an open stream would hold up its stop.</summary>
    private async IAsyncEnumerable<SseItem<string>> WatchAsync([EnumeratorCancellation] CancellationToken aborted)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(aborted, lifetime.ApplicationStopping);
        var (last, sample) = (0L, -1L);
        while (await NextAsync(sample, ended.Token) is { } next)
        {
            var moves = migrations.After(last);
            var told = DashboardEvent.Of(next, isFirst: sample < 0, allowsActions, moves);
            (last, sample) = (moves.Count > 0 ? moves[^1].Number : last, next.Number);
            yield return new SseItem<string>(JsonSerializer.Serialize(told, DashboardJson.Default.DashboardEvent));
        }
    }

    /// <summary>The next sample; null at the end.</summary>
    private async Task<DashboardSample?> NextAsync(long before, CancellationToken ended)
    {
        try
        {
            while (true)
            {
                var sample = await feed.CurrentAsync(ended);
                if (sample.Number != before) return sample;
                await Task.Delay(DashboardFeed.Interval / 4, ended);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            return null;
        }
    }
}
