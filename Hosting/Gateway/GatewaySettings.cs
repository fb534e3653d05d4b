using System.Net;
using ActorStack.Hosting.Gateway.Hello;
using ActorStack.Hosting.Options;

namespace ActorStack.Hosting.Gateway;

/// <summary>The options of a gateway with their defaults filled in.</summary>
internal sealed record GatewaySettings
{
    public required IReadOnlyList<IPEndPoint> Backends { get; init; }

    public required IReadOnlyList<GatewayRoute> Routes { get; init; }

    public required bool AcceptProxy { get; init; }

    public required ProxyProtocolVersion SendProxy { get; init; }

    public required TimeSpan HelloTimeout { get; init; }

    public required GatewayBalance Balance { get; init; }

    public required IPAddress? Source { get; init; }

    public required TimeSpan ConnectTimeout { get; init; }

    public required TimeSpan IdleTimeout { get; init; }

    public required TimeSpan PartnerTimeout { get; init; }

    public required int MaximumConnections { get; init; }

    public required int MaximumConnectionsPerSource { get; init; }

    public required TimeSpan CheckInterval { get; init; }

    public required int Rise { get; init; }

    public required int Fall { get; init; }

    /// <summary>All backends, those of routes included.</summary>
    public IReadOnlyList<IPEndPoint> AllBackends => [.. Backends.Concat(Routes.SelectMany(route => route.Backends)).Distinct()];

    /// <summary>The backends for a client.</summary>
    public IReadOnlyList<IPEndPoint> BackendsFor(Greeting greeting) =>
        greeting.Hello is { } hello && Routes.FirstOrDefault(route => route.Matches(hello)) is { } route
            ? route.Backends
            : Backends;

    public static GatewaySettings Of(GatewayOptions options) => new()
    {
        Backends = [.. options.Backends.Select(IPEndPoint.Parse).Distinct()],
        Routes = [.. options.Routes.Select(GatewayRoute.Of)],
        AcceptProxy = options.AcceptProxy ?? GatewayOptionTable.AcceptProxy.Default,
        SendProxy = options.SendProxy ?? GatewayOptionTable.SendProxy.Default,
        HelloTimeout = options.HelloTimeout ?? GatewayOptionTable.HelloTimeout.Default,
        Balance = options.Balance ?? GatewayOptionTable.Balance.Default,
        Source = options.Source is { } source ? IPAddress.Parse(source) : null,
        ConnectTimeout = options.ConnectTimeout ?? GatewayOptionTable.ConnectTimeout.Default,
        IdleTimeout = options.IdleTimeout ?? GatewayOptionTable.IdleTimeout.Default,
        PartnerTimeout = options.PartnerTimeout ?? GatewayOptionTable.PartnerTimeout.Default,
        MaximumConnections = options.MaximumConnections ?? GatewayOptionTable.MaximumConnections.Default,
        MaximumConnectionsPerSource =
            options.MaximumConnectionsPerSource ?? GatewayOptionTable.MaximumConnectionsPerSource.Default,
        CheckInterval = options.CheckInterval ?? GatewayOptionTable.CheckInterval.Default,
        Rise = options.Rise ?? GatewayOptionTable.Rise.Default,
        Fall = options.Fall ?? GatewayOptionTable.Fall.Default,
    };
}
