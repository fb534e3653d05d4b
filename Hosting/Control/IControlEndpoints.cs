using Microsoft.AspNetCore.Routing;

namespace ActorStack.Hosting.Control;

/// <summary>Control endpoints that only some services add.</summary>
internal interface IControlEndpoints
{
    void Map(RouteGroupBuilder group);
}
