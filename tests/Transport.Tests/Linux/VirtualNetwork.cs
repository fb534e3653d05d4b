using System.Net;
using System.Net.Sockets;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Linux;

/// <summary>A client's and a server's namespace with a cable between them; the server routes the virtual addresses.</summary>
public sealed class VirtualNetwork : IDisposable
{
    public static readonly IpAddress Virtual4 = IpAddress.Parse("10.9.0.1");
    public static readonly IpAddress Virtual6 = IpAddress.Parse("fd00:9::1");

    public VirtualNetwork()
    {
        Client = NetworkNamespace.Create("client");
        Server = NetworkNamespace.Create("server");
        Client.AddVeth(Server, "c0", "s0", ["10.8.0.2/24", "fd00:8::2/64"], ["10.8.0.1/24", "fd00:8::1/64"]);
        Client.AddRoute("10.9.0.0/24", "10.8.0.1");
        Client.AddRoute("fd00:9::/64", "fd00:8::1");
    }

    public NetworkNamespace Client { get; }

    public NetworkNamespace Server { get; }

    public async Task<Socket> ConnectAsync(IpAddress address, int port, Action<Socket>? prepare = null)
    {
        var socket = Client.Run(() => new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
        prepare?.Invoke(socket);
        await socket.ConnectAsync(new IPEndPoint(address.ToIPAddress(), port));
        return socket;
    }

    /// <summary>
    /// Lets both kernels learn each other's link address. Packets that wait until it is known are overtaken by those that are sent
    /// just after.
    /// </summary>
    public void ResolveNeighbors()
    {
        using var socket = Client.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        var refused = Assert.Throws<SocketException>(() => socket.Connect(IPAddress.Parse("10.8.0.1"), 9));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    /// <summary>
    /// From here on nothing from the server reaches the client; what it would acknowledge stays unacknowledged.
    /// </summary>
    public void Deafen() =>
        Client.Execute("nft", "add table inet deaf { chain in { type filter hook input priority 0; meta l4proto tcp drop; }; }");

    /// <summary>From here on the client's SYN announces no larger MSS than this.</summary>
    public void ClampMss(int mss) => Client.Execute(
        "nft", "add table inet clamp { chain out { type filter hook output priority 0; "
        + $"tcp flags syn tcp option maxseg size set {mss}; }}; }}");

    public void Undeafen() => Client.Execute("nft", "delete table inet deaf");

    /// <summary>A counter of the client's kernel, e.g. <c>Tcp RetransSegs</c>.</summary>
    public long ClientCounter(string protocol, string name) => Client.Run(() =>
    {
        var lines = File.ReadAllLines("/proc/thread-self/net/snmp").Concat(File.ReadAllLines("/proc/thread-self/net/netstat"))
            .Where(line => line.StartsWith($"{protocol}: ", StringComparison.Ordinal)).ToArray();
        for (var i = 0; i + 1 < lines.Length; i += 2)
        {
            var column = Array.IndexOf(lines[i].Split(' '), name);
            if (column > 0) return long.Parse(lines[i + 1].Split(' ')[column]);
        }

        throw new ArgumentException($"no counter {protocol} {name}");
    });

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }
}
