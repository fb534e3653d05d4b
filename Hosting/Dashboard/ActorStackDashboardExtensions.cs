using ActorStack.Hosting.Control;
using ActorStack.Hosting.Dashboard;
using ActorStack.Hosting.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ActorStack.Hosting;

/// <summary>Maps the dashboard, a page that shows live where every connection runs.</summary>
public static class ActorStackDashboardExtensions
{
    /// <summary>
    /// Maps the dashboard of the stack of this application. Add <c>RequireAuthorization()</c> to the result: without it everybody
    /// who reaches the server sees the addresses of all peers.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="prefix">The path of the page.</param>
    /// <param name="configure">Sets the options; null: the page is read-only.</param>
    /// <returns>All end points of the dashboard, for conventions such as authorization.</returns>
    public static IEndpointConventionBuilder MapActorStackDashboard(
        this IEndpointRouteBuilder endpoints, string prefix = "/actorstack", Action<DashboardOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        var options = new DashboardOptions();
        configure?.Invoke(options);
        var services = endpoints.ServiceProvider;
        var stack = services.GetRequiredService<IActorStack>();
        var feed = new DashboardFeed(stack);
        var stream = new DashboardStream(
            feed, services.GetRequiredService<MigrationFeed>(), options.AllowActions,
            services.GetRequiredService<IHostApplicationLifetime>());
        var group = endpoints.MapGroup(prefix).DescribeProblems(stack);
        group.AddEndpointFilter(DashboardPage.SecureAsync);
        DashboardPage.Map(group);
        group.MapGet("/events", stream.Open);
        group.MapGet("/rows", async ([AsParameters] RowQuery query, CancellationToken cancellation) =>
            TypedResults.Json((await feed.CurrentAsync(cancellation)).Page(query), DashboardJson.Default.RowPage));
        ControlApi.MapConnection(group, stack);
        if (options.AllowActions) MapActions(group, stack, feed, options);
        return group;
    }

    private static void MapActions(RouteGroupBuilder group, IActorStack stack, DashboardFeed feed, DashboardOptions options)
    {
        var actions = group.MapGroup("");
        if (options.ActionPolicy is { } policy) actions.RequireAuthorization(policy);
        var guard = new ActionGuard(options.ActionToken);
        actions.AddEndpointFilter(async (context, next) =>
        {
            if (guard.WhyRefused(context.HttpContext.Request) is { } refusal) return ControlApi.Problem(refusal);
            try
            {
                return await next(context);
            }
            finally
            {
                feed.Refresh();
            }
        });
        ControlApi.MapMoves(actions, stack);
    }
}
