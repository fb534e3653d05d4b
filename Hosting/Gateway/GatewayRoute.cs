using System.Net;
using ActorStack.Hosting.Gateway.Hello;

namespace ActorStack.Hosting.Gateway;

/// <summary>Backends for clients whose ClientHello matches.</summary>
/// <param name="ServerName">The name in lower case, or <c>*.</c> and a domain; null: any.</param>
/// <param name="Protocol">The protocol that the client must offer; null: any.</param>
/// <param name="Backends">The backends.</param>
internal sealed record GatewayRoute(string? ServerName, string? Protocol, IReadOnlyList<IPEndPoint> Backends)
{
    public static GatewayRoute Of(GatewayRouteOptions options) => new(
        options.ServerName?.ToLowerInvariant(), options.Protocol, [.. options.Backends.Select(IPEndPoint.Parse).Distinct()]);

    public bool Matches(ClientHello hello) =>
        (ServerName is null || (hello.ServerName is { } name && MatchesName(name)))
        && (Protocol is null || hello.Protocols.Contains(Protocol));

    private bool MatchesName(string name) => ServerName!.StartsWith("*.", StringComparison.Ordinal)
        ? name.EndsWith(ServerName[1..], StringComparison.Ordinal)
        : name == ServerName;
}
