using ActorStack.Hosting.Control;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ActorStack.CommandLine.Serve;

/// <summary>Answers <c>GET /memory[?collect=false]</c>, for the benchmark.</summary>
internal sealed class MemoryEndpoint : IControlEndpoints
{
    public void Map(RouteGroupBuilder group) => group.MapGet(
        "/memory", (bool? collect) =>
            TypedResults.Json(collect is false ? MemoryReport.Look() : MemoryReport.Take(), CommandJson.Default.MemoryReport));
}
