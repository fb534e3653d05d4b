using ActorStack.Hosting.Gateway;

namespace ActorStack.Hosting.Control;

/// <summary>A gateway as <c>GET /gateways</c> shows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Clients">Clients that are connected now.</param>
/// <param name="Accepted">Clients that were let in since the start; those that came from other nodes do not count.</param>
/// <param name="Refused">Connections that it has ended, by reason.</param>
/// <param name="Backends">Its backends.</param>
internal sealed record GatewayAnswer(
    string Name, int Clients, long Accepted, IReadOnlyDictionary<GatewayRefusal, long> Refused,
    IReadOnlyList<BackendAnswer> Backends)
{
    public static GatewayAnswer Of(TcpGateway gateway) => new(
        gateway.Name, gateway.Limits.Count, gateway.Counters.Accepted, gateway.Counters.Refused,
        [.. gateway.Backends.Backends.Select(BackendAnswer.Of)]);
}
