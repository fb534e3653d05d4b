using System.Collections.Frozen;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace ActorStack.Hosting.Dashboard;

/// <summary>The page, its style and its scripts, which are resources of the assembly.</summary>
internal static class DashboardPage
{
    /// <summary>Nothing but the page's own files is loaded, no text becomes a script, and no other page holds this one.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'";

    private const string ResourcePrefix = "ActorStack.Hosting.Dashboard.";

    private static readonly FrozenDictionary<string, byte[]> Files = Read();

    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("/", IResult (HttpContext context) =>
        {
            // The page names its files relative to itself, so that its own path must end with a slash.
            var (@base, path) = (context.Request.PathBase.Value, context.Request.Path.Value!);
            return path.EndsWith('/') ? File("index.html") : TypedResults.LocalRedirect($"{@base}{path}/");
        });
        foreach (var name in Files.Keys) group.MapGet($"/{name}", () => File(name));
    }

    /// <summary>An end point filter that adds the headers by which browsers protect a page.</summary>
    public static ValueTask<object?> SecureAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var headers = context.HttpContext.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        return next(context);
    }

    private static FileContentHttpResult File(string name) => TypedResults.Bytes(Files[name], Path.GetExtension(name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "text/html; charset=utf-8",
    });

    private static FrozenDictionary<string, byte[]> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
            .ToFrozenDictionary(name => name[ResourcePrefix.Length..], name =>
            {
                using var resource = assembly.GetManifestResourceStream(name)!;
                var bytes = new byte[resource.Length];
                resource.ReadExactly(bytes);
                return bytes;
            });
    }
}
