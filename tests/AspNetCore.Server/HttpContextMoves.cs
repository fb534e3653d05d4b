using ActorStack.Actors.Migration;
using ActorStack.Hosting;

namespace ActorStack.AspNetCore.Server;

/// <summary>Counts the moves of the connection of a request.</summary>
internal static class HttpContextMoves
{
    public static async Task<int> CountMovesAsync(this HttpContext http) =>
        http.Features.Get<IConnectionMigrationFeature>() is { } migration
            ? (await migration.GetMigrationsAsync(http.RequestAborted)).Count(one => one.Outcome is MigrationOutcome.Completed)
            : 0;
}
