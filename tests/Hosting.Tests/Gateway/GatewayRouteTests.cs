using ActorStack.Hosting.Gateway;
using ActorStack.Hosting.Gateway.Hello;

namespace ActorStack.Hosting.Tests.Gateway;

/// <summary>Which clients a route is for.</summary>
public sealed class GatewayRouteTests
{
    [Theory]
    [InlineData("www.example.com", null, "www.example.com", "", true)]
    [InlineData("WWW.Example.com", null, "www.example.com", "", true)]
    [InlineData("www.example.com", null, "example.com", "", false)]
    [InlineData("*.example.com", null, "www.example.com", "", true)]
    [InlineData("*.example.com", null, "a.b.example.com", "", true)]
    [InlineData("*.example.com", null, "example.com", "", false)]
    [InlineData("*.example.com", null, "wwwexample.com", "", false)]
    [InlineData(null, "h2", null, "h2,http/1.1", true)]
    [InlineData(null, "h2", "www.example.com", "http/1.1", false)]
    [InlineData("www.example.com", "h2", "www.example.com", "h2", true)]
    [InlineData("www.example.com", "h2", "other.example.com", "h2", false)]
    [InlineData("www.example.com", null, null, "h2", false)]
    public void A_route_matches_by_name_and_protocol(string? name, string? protocol, string? wanted, string offered, bool matches)
    {
        var options = new GatewayRouteOptions { ServerName = name, Protocol = protocol, Backends = { "10.8.1.5:443" } };
        Assert.Equal(matches, GatewayRoute.Of(options).Matches(new ClientHello(wanted, offered.Split(','))));
    }
}
