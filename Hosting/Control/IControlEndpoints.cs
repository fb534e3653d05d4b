using Microsoft.AspNetCore.Routing;

namespace ActorStack.Hosting.Control;

/// <summary>Endpoints that only some services have.</summary>
internal interface IControlEndpoints
{
    void Map(RouteGroupBuilder group);
}
