using System.Net.Sockets;
using ActorStack.Transport.Links;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Linux;

/// <summary>
/// A client, a router, and two nodes behind it, on one segment or each on its own. The router sends the virtual addresses to the
/// first node.
/// </summary>
internal sealed class SteeringNetwork : IDisposable
{
    public static readonly IpAddress[] Virtual = [VirtualNetwork.Virtual4, VirtualNetwork.Virtual6];

    private static readonly string[] ClientAddresses = ["10.1.0.2", "fd00:1::2"];

    /// <param name="isRouted">The nodes are on segments of their own.</param>
    public SteeringNetwork(bool isRouted = false)
    {
        Client = NetworkNamespace.Create("client");
        Router = NetworkNamespace.Create("router");
        First = NetworkNamespace.Create("first");
        Second = NetworkNamespace.Create("second");
        Router.EnableForwarding();
        Client.AddVeth(Router, "c0", "r0", [$"{ClientAddresses[0]}/24", $"{ClientAddresses[1]}/64"],
            ["10.1.0.1/24", "fd00:1::1/64"]);
        AddDefaultRoutes(Client, "10.1.0.1", "fd00:1::1");
        var subnets = isRouted ? (2, 3) : (2, 2);
        if (!isRouted)
        {
            Router.Ip("link", "add", "br0", "type", "bridge");
            Router.Ip("address", "add", "10.2.0.1/24", "dev", "br0");
            Router.Ip("address", "add", "fd00:2::1/64", "dev", "br0", "nodad");
            Router.Ip("link", "set", "br0", "up");
        }

        FirstAddresses = Join(First, "p1", subnets.Item1, 10, isRouted);
        SecondAddresses = Join(Second, "p2", subnets.Item2, 11, isRouted);
        foreach (var (address, gateway) in Virtual.Zip(FirstAddresses))
            Router.Ip("route", "add", $"{address}", "via", $"{gateway}");
    }

    public NetworkNamespace Client { get; }

    public NetworkNamespace Router { get; }

    public NetworkNamespace First { get; }

    public NetworkNamespace Second { get; }

    /// <summary>Of the first node: IPv4, IPv6.</summary>
    public IpAddress[] FirstAddresses { get; }

    public IpAddress[] SecondAddresses { get; }

    public static FlowKey Flow(IpAddress address, ushort clientPort) => new(
        new TcpEndpoint(address, 7), new TcpEndpoint(IpAddress.Parse(ClientAddresses[address.IsIPv6 ? 1 : 0]), clientPort));

    public static TunLink OpenLink(NetworkNamespace node, string name = "as0", int mtu = 1500, params IpAddress[] addresses) =>
        node.Run(() => TunLink.Open(new TunLinkSettings(name, addresses) { Mtu = mtu }));

    /// <summary>A connection of the client with this name on the wire.</summary>
    public Task<Socket> ConnectAsync(FlowKey flow) => ConnectAsync(Client, flow);

    public static async Task<Socket> ConnectAsync(NetworkNamespace client, FlowKey flow)
    {
        var socket = client.Run(
            () => new Socket(flow.Local.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
        socket.Bind(flow.Remote.ToIPEndPoint());
        await socket.ConnectAsync(flow.Local.ToIPEndPoint());
        return socket;
    }

    public void Dispose()
    {
        foreach (var one in (NetworkNamespace[])[Client, Router, First, Second]) one.Dispose();
    }

    private IpAddress[] Join(NetworkNamespace node, string port, int subnet, int host, bool isRouted)
    {
        string[] gateways = isRouted ? [$"10.{subnet}.0.1/24", $"fd00:{subnet}::1/64"] : [];
        Router.AddVeth(node, port, "n0", gateways, [$"10.{subnet}.0.{host}/24", $"fd00:{subnet}::{host}/64"]);
        if (!isRouted) Router.Ip("link", "set", port, "master", "br0");
        AddDefaultRoutes(node, $"10.{subnet}.0.1", $"fd00:{subnet}::1");
        return [IpAddress.Parse($"10.{subnet}.0.{host}"), IpAddress.Parse($"fd00:{subnet}::{host}")];
    }

    private static void AddDefaultRoutes(NetworkNamespace node, string ipv4, string ipv6)
    {
        node.AddRoute("default", ipv4);
        node.Ip("-6", "route", "add", "default", "via", ipv6);
    }
}
