using ActorStack.Hosting.Gateway;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ActorStack.Hosting.Control;

/// <summary>Answers <c>GET /gateways</c>: the counters of the gateways and their backends.</summary>
internal sealed class GatewaysEndpoint(IEnumerable<GatewayHost> gateways) : IControlEndpoints
{
    public void Map(RouteGroupBuilder group) => group.MapGet("/gateways", () => TypedResults.Json<IReadOnlyList<GatewayAnswer>>(
        [.. gateways.Select(host => GatewayAnswer.Of(host.Gateway))], ControlJson.Plain.IReadOnlyListGatewayAnswer));
}
