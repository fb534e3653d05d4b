using ActorStack.Transport.Wire;

namespace ActorStack.Fuzz.Tcp;

/// <summary>The flow of every program as its server sees it, and what flows.</summary>
internal static class FuzzFlows
{
    public static readonly Pattern FromClient = new(seed: 1);
    public static readonly Pattern FromServer = new(seed: 2);

    private static readonly FlowKey IPv4 = Between("10.0.0.2", "10.0.0.1");
    private static readonly FlowKey IPv6 = Between("fd00::2", "fd00::1");

    public static FlowKey For(bool isIPv6) => isIPv6 ? IPv6 : IPv4;

    private static FlowKey Between(string server, string client) =>
        new(new TcpEndpoint(IpAddress.Parse(server), 7), new TcpEndpoint(IpAddress.Parse(client), 40_000));
}
