using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using ActorStack.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ActorStack.Samples.AspNetCore;

/// <summary>Server-sent events that tell where the connection of the request runs, while it moves.</summary>
internal static class Whereabouts
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    public static ServerSentEventsResult<string> Stream(HttpContext http) =>
        TypedResults.ServerSentEvents(
            WatchAsync(http.Features.GetRequiredFeature<IConnectionMigrationFeature>(), http.RequestAborted));

    /// <summary>One event for each change, and one at the begin.</summary>
    private static async IAsyncEnumerable<SseItem<string>> WatchAsync(
        IConnectionMigrationFeature migration, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var last = ""; !cancellation.IsCancellationRequested; await Task.Delay(Interval, cancellation))
        {
            if (migration.RunsOn is var now && now == last) continue;
            yield return new SseItem<string>(last = now);
        }
    }
}
