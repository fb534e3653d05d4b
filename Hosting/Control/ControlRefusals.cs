using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace ActorStack.Hosting.Control;

/// <summary>
/// Answers with problem details where the web framework refuses a request itself, or fails, and would answer with a bare
/// status: unknown paths, other methods, unreadable parameters and bodies, exceptions.
/// </summary>
internal static class ControlRefusals
{
    /// <summary>Makes the framework throw an exception that names the unreadable part of a request.</summary>
    public static IServiceCollection AddControlRefusals(this IServiceCollection services) =>
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);

    /// <summary>Adds the answers. Call it before all middleware that may refuse a request.</summary>
    public static IApplicationBuilder UseControlRefusals(this IApplicationBuilder application) => application
        .UseStatusCodePages(page => AnswerAsync(page.HttpContext))
        .UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = _ => Task.CompletedTask, // the status pages above write the answer from the status alone
            StatusCodeSelector = error =>
                error is BadHttpRequestException refused ? refused.StatusCode : StatusCodes.Status500InternalServerError,
            SuppressDiagnosticsCallback = context => context.Exception is BadHttpRequestException,
        });

    private static Task AnswerAsync(HttpContext context)
    {
        var (request, status) = (context.Request, context.Response.StatusCode);
        var (detail, whatToDo) = status switch
        {
            StatusCodes.Status404NotFound =>
                ($"There is no operation {request.Method} {request.Path}.", $"Request one of {Operations(context)}."),
            StatusCodes.Status405MethodNotAllowed =>
                ($"{request.Path} does not take {request.Method}.", $"Send {context.Response.Headers.Allow}."),
            StatusCodes.Status415UnsupportedMediaType =>
                ($"The body's content type is '{request.ContentType}'.",
                    "Send JSON, with the header Content-Type: application/json."),
            >= StatusCodes.Status500InternalServerError => (Reason(context), "Look into the service's log."),
            _ => (Reason(context), "Correct what the detail names; a body is a JSON object such as {\"engine\": \"kernel\"}."),
        };
        var problem = new ControlProblem("about:blank", ReasonPhrases.GetReasonPhrase(status), status, detail, whatToDo);
        return ControlApi.Problem(problem).ExecuteAsync(context);
    }

    /// <summary>The framework's message, or that of its inner exception, which names the wrong member of a body.</summary>
    private static string Reason(HttpContext context) => context.Features.Get<IExceptionHandlerFeature>()?.Error switch
    {
        BadHttpRequestException { InnerException: { } cause } => cause.Message,
        { } error => error.Message,
        null => "The web framework gives no reason.",
    };

    private static string Operations(HttpContext context) => string.Join(
        ", ", context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints
            .OfType<RouteEndpoint>().Select(endpoint => $"{Methods(endpoint)} {endpoint.RoutePattern.RawText}"));

    private static string Methods(Endpoint endpoint) =>
        string.Join('|', endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []);
}
