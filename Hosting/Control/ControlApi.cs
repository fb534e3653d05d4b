using ActorStack.Actors;
using ActorStack.Actors.Migration;
using ActorStack.Transport.Engines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ActorStack.Hosting.Control;

/// <summary>The operators' HTTP API. Errors are problem details with a member <c>whatToDo</c>.</summary>
public static class ControlApi
{
    /// <summary>
    /// Maps the API, for example into an application's own server behind its own authorization. Requests that the application's
    /// web framework refuses itself, such as an unknown path or a body that is no JSON, are answered in that application's way.
    /// </summary>
    public static RouteGroupBuilder MapActorStackControl(this IEndpointRouteBuilder endpoints, string prefix = "")
    {
        var stack = endpoints.ServiceProvider.GetRequiredService<IActorStack>();
        var group = endpoints.MapGroup(prefix).DescribeProblems(stack);
        MapConnection(group, stack);
        MapMoves(group, stack);
        group.MapGet("/connections", async Task<IResult> (bool? ended, bool? cluster, CancellationToken cancellation) =>
            cluster is true
                ? Json(await stack.ListClusterConnectionsAsync(cancellation))
                : Json(await stack.ListConnectionsAsync(ended ?? false, cancellation)));
        group.MapPost("/connections/{id}/trace", async (string id, CancellationToken cancellation) =>
            Json(new TraceAnswer(await stack.TraceAsync(id, on: true, cancellation))));
        group.MapDelete("/connections/{id}/trace", async (string id, CancellationToken cancellation) =>
            Json(new TraceAnswer(await stack.TraceAsync(id, on: false, cancellation))));
        group.MapPost("/drain", async (DrainRequest? request, CancellationToken cancellation) =>
            OptionsOf(request ?? new DrainRequest()) is { } options
                ? Json(await stack.DrainAsync(options, cancellation))
                : Problem(New(
                    StatusCodes.Status400BadRequest, "Limit out of range", $"The limit is {request!.LimitSeconds} s.",
                    $"Give one from 0 to {DrainOptions.MaximumLimit.TotalSeconds:0} s.")));
        group.MapPost("/balance", async (BalanceRequest? request, CancellationToken cancellation) =>
            Json(await stack.BalanceAsync(request?.Node, cancellation)));
        group.MapGet("/nodes", async (CancellationToken cancellation) => Json(await stack.ListNodesAsync(cancellation)));
        group.MapGet("/stats", async (CancellationToken cancellation) => Json(await stack.GetStatisticsAsync(cancellation)));
        return group;
    }

    /// <summary>Answers with a problem where the stack cannot do what was asked.</summary>
    internal static RouteGroupBuilder DescribeProblems(this RouteGroupBuilder group, IActorStack stack)
    {
        group.AddEndpointFilter(async (context, next) =>
        {
            try
            {
                return await next(context);
            }
            catch (ActorStackException error)
            {
                return Problem(Describe(error, stack));
            }
        });
        return group;
    }

    /// <summary>Maps what tells about one connection.</summary>
    internal static void MapConnection(RouteGroupBuilder group, IActorStack stack)
    {
        group.MapGet("/connections/{id}", async (string id, CancellationToken cancellation) =>
            Json(await stack.GetConnectionAsync(id, cancellation)));
        group.MapGet("/connections/{id}/migrations", async (string id, CancellationToken cancellation) =>
            Json(await stack.GetMigrationsAsync(id, cancellation)));
        group.MapGet("/connections/{id}/tcp-info", async (string id, CancellationToken cancellation) =>
            Json(await stack.GetTcpStatisticsAsync(id, cancellation)));
    }

    /// <summary>Maps what moves one connection.</summary>
    internal static void MapMoves(RouteGroupBuilder group, IActorStack stack)
    {
        group.MapPost("/connections/{id}/offload", async (string id, OffloadRequest? request, CancellationToken cancellation) =>
            request?.Engine is { Length: > 0 } engine
                ? Moved(await stack.OffloadAsync(id, engine, cancellation))
                : Problem(MissingEngine(stack)));
        group.MapPost("/connections/{id}/upload", async (string id, CancellationToken cancellation) =>
            Moved(await stack.UploadAsync(id, cancellation)));
        group.MapPost("/connections/{id}/handoff", async (string id, HandOffRequest? request, CancellationToken cancellation) =>
            request?.Node is { Length: > 0 } node
                ? Moved(await stack.HandOffAsync(id, node, cancellation))
                : Problem(New(
                    StatusCodes.Status400BadRequest, "No node named", "The body names no node.", NodesHere)));
    }

    private static ControlProblem Describe(ActorStackException error, IActorStack stack) => error.Code switch
    {
        FailureCode.UnknownConnection => New(StatusCodes.Status404NotFound, "Unknown connection", error.Message,
            "List the connections with `actorstack connections`; those that are no more with `--ended`."),
        FailureCode.UnknownEngine =>
            New(StatusCodes.Status400BadRequest, "Unknown engine", error.Message, EnginesHere(stack)),
        FailureCode.UnknownNode => New(
            StatusCodes.Status400BadRequest, "Unknown node", error.Message,
            error.WhatToDo.Length > 0 ? error.WhatToDo : NodesHere),
        FailureCode.NotNow => New(StatusCodes.Status409Conflict, "Not now", error.Message,
            "Look at the connection with `actorstack connections` and try again when it runs where you expect it."),
        FailureCode.Stopping => New(StatusCodes.Status503ServiceUnavailable, "The service is stopping", error.Message,
            "Try again when it has been started anew."),
        FailureCode.JournalFailing =>
            New(StatusCodes.Status503ServiceUnavailable, "The journal takes no writes", error.Message, error.WhatToDo),
        _ => New(
            StatusCodes.Status409Conflict, error.Code.ToString(), error.Message, "Change the request as the detail says."),
    };

    private const string NodesHere = "Name one of the other nodes of the cluster: `actorstack nodes` lists them.";

    /// <summary>The options of a request; null where its limit is out of range.</summary>
    private static DrainOptions? OptionsOf(DrainRequest request)
    {
        var options = new DrainOptions { Node = request.Node, Refuses = request.Refuse };
        if (request.LimitSeconds is not { } seconds) return options;
        if (!(seconds >= 0 && seconds <= DrainOptions.MaximumLimit.TotalSeconds)) return null;
        options.Limit = TimeSpan.FromSeconds(seconds);
        return options;
    }

    private static JsonHttpResult<T> Json<T>(T value) => TypedResults.Json(value, ControlJson.Plain);

    private static IResult Moved(MigrationRecord record)
    {
        if (record.Outcome is MigrationOutcome.Completed or MigrationOutcome.Salvaged) return Json(record);
        if (record.Outcome == MigrationOutcome.Fenced) return Problem(Fenced(record));
        var detail = $"Moving {record.ConnectionId} from {record.From} to {record.To} was rolled back: {record.Detail}";
        var problem = New(StatusCodes.Status409Conflict, "The connection stayed where it was", detail, AfterRollback(record));
        return Problem(problem with { Migration = record });
    }

    private static ControlProblem Fenced(MigrationRecord record)
    {
        var problem = New(
            StatusCodes.Status409Conflict, "The connection has another owner",
            $"Connection {record.ConnectionId} has ended here: {record.Detail}",
            "Look for it on the other nodes that share the store.");
        return problem with { Migration = record };
    }

    private static string AfterRollback(MigrationRecord record) =>
        record.Detail.Contains(nameof(RefusalReason.NoConnectionEntries))
        ? $"{record.To} is full: take another connection back with `actorstack upload ID`, or raise its capacity."
        : "The connection goes on undisturbed; try again, or move it to another engine or node.";

    private static ControlProblem MissingEngine(IActorStack stack) =>
        New(StatusCodes.Status400BadRequest, "No engine named", "The body names no engine.", EnginesHere(stack));

    private static string EnginesHere(IActorStack stack) => stack.Engines.Count > 0
        ? $"Name one of the engines of this service: {string.Join(", ", stack.Engines)}."
        : "This service runs no engine; its log says at start why each is absent.";

    private static ControlProblem New(int status, string title, string detail, string whatToDo) =>
        new("about:blank", title, status, detail, whatToDo);

    internal static IResult Problem(ControlProblem problem) =>
        TypedResults.Json(problem, ControlJson.Plain.ControlProblem, "application/problem+json", problem.Status);
}
