using System.Net;
using System.Net.Sockets;
using ActorStack.CommandLine.Lab;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;

namespace ActorStack.CommandLine.Bench.Steering;

/// <summary>
/// A client, a router, and behind it two nodes on one segment, in network namespaces of its own. The second node's kernel owns
/// the virtual address and discards what it is sent; the first is the old owner.
/// </summary>
internal sealed class SteeringLaboratory : IDisposable
{
    private const string OldOwnerAddress = "10.2.0.10";
    private const string NewOwnerAddress = "10.2.0.11";
    private const int BufferSize = 256 * 1024;

    private readonly NetworkNamespace _client = NetworkNamespace.Create("client");
    private readonly NetworkNamespace _router = NetworkNamespace.Create("router");
    private readonly NetworkNamespace _newOwner = NetworkNamespace.Create("new owner");
    private readonly Socket _listener;
    private ushort _port = 40_000;

    public SteeringLaboratory()
    {
        _router.EnableForwarding();
        _client.AddVeth(_router, "c0", "r0", ["10.1.0.2/24"], ["10.1.0.1/24"]);
        _client.AddRoute("default", "10.1.0.1");
        _router.Ip("link", "add", "br0", "type", "bridge");
        _router.Ip("address", "add", "10.2.0.1/24", "dev", "br0");
        _router.Ip("link", "set", "br0", "up");
        Join(OldOwner, "old0", OldOwnerAddress);
        Join(_newOwner, "new0", NewOwnerAddress);
        _newOwner.Ip("address", "add", $"{VirtualAddress}/32", "dev", "lo");
        _listener = _newOwner.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        _listener.Bind(new IPEndPoint(VirtualAddress.ToIPAddress(), Ports.Discard));
        _listener.Listen();
    }

    public static IpAddress VirtualAddress { get; } = IpAddress.Parse("10.9.0.1");

    public static IpAddress NewOwner { get; } = IpAddress.Parse(NewOwnerAddress);

    public NetworkNamespace OldOwner { get; } = NetworkNamespace.Create("old owner");

    /// <summary>A flow that no connection had yet.</summary>
    public FlowKey NextFlow() => new(
        new TcpEndpoint(VirtualAddress, Ports.Discard), new TcpEndpoint(IpAddress.Parse("10.1.0.2"), _port++));

    /// <summary>The router sends what is for the virtual address to the old owner from now on, or directly to the new.</summary>
    public void RouteTo(bool oldOwner) => _router.Ip(
        "route", "replace", $"{VirtualAddress}", "via", oldOwner ? OldOwnerAddress : NewOwnerAddress);

    /// <summary>A connection of the client to the virtual address; what it sends is discarded.</summary>
    public Socket Connect(FlowKey flow)
    {
        var client = _client.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        client.Bind(flow.Remote.ToIPEndPoint());
        client.Connect(flow.Local.ToIPEndPoint());
        var served = _listener.Accept();
        new Thread(() => Discard(served)) { IsBackground = true, Name = "discard" }.Start();
        return client;
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var one in (NetworkNamespace[])[_client, _router, OldOwner, _newOwner]) one.Dispose();
    }

    private void Join(NetworkNamespace node, string port, string address)
    {
        _router.AddVeth(node, port, "n0", [], [$"{address}/24"]);
        _router.Ip("link", "set", port, "master", "br0");
        node.AddRoute("default", "10.2.0.1");
    }

    private static void Discard(Socket served)
    {
        using (served)
        {
            var buffer = new byte[BufferSize];
            while (served.Receive(buffer, SocketFlags.None, out var error) > 0 && error is SocketError.Success)
            {
            }
        }
    }
}
