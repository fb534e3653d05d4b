using ActorStack.Hosting.Control;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ActorStack.CommandLine.Serve;

/// <summary><c>GET /memory</c>, for the benchmark.</summary>
internal sealed class MemoryEndpoint : IControlEndpoints
{
    public void Map(RouteGroupBuilder group) => group.MapGet("/memory", () => TypedResults.Json(MemoryReport.Take(), CommandJson.Default.MemoryReport));
}
