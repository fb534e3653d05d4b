using System.Net;
using ActorStack.Actors.Connections;
using ActorStack.Transport.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace ActorStack.Hosting.Gateway;

/// <summary>One of the two services of a gateway: that of its clients, or that of its connections to backends.</summary>
/// <param name="Gateway">The name of the gateway.</param>
/// <param name="Side">Which service it is.</param>
/// <param name="Name">The name of the service.</param>
/// <param name="Port">The port of the clients; 0: the service of the backends.</param>
/// <param name="Options">The options of its connections.</param>
internal sealed record GatewayRegistration(
    string Gateway, GatewaySide Side, string Name, int Port, ListenerOptions Options)
    : ConnectionRegistration(Name, Port, Options)
{
    /// <summary>The service of the clients.</summary>
    public static GatewayRegistration ForClients(string gateway, GatewayOptions options, ListenerOptions listener)
    {
        var endPoint = IPEndPoint.Parse(options.Listen!);
        var isAny = endPoint.Address.Equals(IPAddress.Any) || endPoint.Address.Equals(IPAddress.IPv6Any);
        return new GatewayRegistration(gateway, GatewaySide.Client, gateway, endPoint.Port, listener)
        {
            Address = isAny ? null : IpAddress.From(endPoint.Address),
        };
    }

    /// <summary>The service of the connections to backends.</summary>
    public static GatewayRegistration ForBackends(string gateway, ListenerOptions listener) =>
        new(gateway, GatewaySide.Backend, TcpGateway.ConnectorOf(gateway), Port: 0, listener);

    private protected override ListenerSettings Complete(
        ListenerSettings settings, IActorStack stack, IServiceProvider services)
    {
        var host = services.GetRequiredKeyedService<GatewayHost>(Gateway);
        return settings with
        {
            Application = async (context, _) =>
            {
                var gateway = host.Start();
                var connection = new StackConnection(context, stack);
                if (Side is GatewaySide.Client) await gateway.ServeClientAsync(connection);
                else await gateway.ServeBackendAsync(connection);
            },
            IsMovable = true,
            WhyStateRefused = PairState.WhyRefused,
        };
    }
}
