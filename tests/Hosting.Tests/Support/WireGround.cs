using System.Net;
using System.Net.Sockets;
using ActorStack.CommandLine.Lab;
using ActorStack.Tests.Common;
using ActorStack.Tests.Common.Capture;
using ActorStack.Transport.Linux;

namespace ActorStack.Hosting.Tests.Support;

/// <summary>
/// A service, a router that all it sends passes and where it is recorded, and beyond the router ordinary hosts at the ends of
/// several paths. Their addresses say what the router makes them announce: <c>10.(20 + path).(MSS).host</c>, in IPv6
/// <c>fd00:(20 + path):(MSS)::host</c>, where MSS is the index in <see cref="Announced"/>.
/// </summary>
public sealed class WireGround : IAsyncLifetime
{
    internal const int Narrow = 1280;

    /// <summary>The MSS that the peers announce, bytes; 0: none. Over IPv6 the last is 1440, as Ethernet wants it.</summary>
    internal static readonly int[] Announced = [0, 64, 536, 1000, 1460];

    private Arena? _arena;
    private NetworkNamespace? _far;
    private int _lastHost;

    internal Arena Arena => _arena!;

    public async Task InitializeAsync()
    {
        if (LinuxRequirement.SkipReason is not null) return;
        _arena = await Arena.StartAsync();
        _far = NetworkNamespace.Create("far");
        _far.EnableForwarding();
        _far.SetSystemControl("ipv6/ip_nonlocal_bind", "1");
        var router = _arena.Lab.Client;
        router.EnableForwarding();
        router.SetSystemControl("ipv4/icmp_ratelimit", "0");
        router.SetSystemControl("ipv6/icmp/ratelimit", "0");
        foreach (var path in Enum.GetValues<WirePath>()) Lay(path, router);
        _far.AddRoute($"{Laboratory.VirtualAddress}/32", "10.10.0.1");
        _far.AddRoute($"{Laboratory.VirtualAddressV6}/128", "fd00:10::1");
        router.Execute("nft", Rules());
    }

    public Task DisposeAsync()
    {
        _arena?.Dispose();
        _far?.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>What the service sends, as the router gets it.</summary>
    internal WireTap Tap() => new(_arena!.Lab.Client, "veth0");

    /// <summary>A host of its own at the end of the path, connected to the echo service.</summary>
    internal async Task<WireFlow> ConnectAsync(WirePath path, int announced, bool timestamps, bool isIPv6)
    {
        var (number, mss, host) = (20 + (int)path, Array.IndexOf(Announced, announced), ++_lastHost);
        var (source, service) = isIPv6
            ? ($"fd00:{number}:{mss}::{host:x}", Laboratory.VirtualAddressV6)
            : ($"10.{number}.{mss}.{host}", Laboratory.VirtualAddress);
        var local = new IPEndPoint(IPAddress.Parse(source), 0);
        _far!.SetSystemControl("ipv4/tcp_timestamps", timestamps ? "1" : "0");
        var socket = _far.Run(() => new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        socket.Bind(local);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(service), Ports.Echo), Patience.Token());
        var client = socket.LocalEndPoint!.ToString();
        var id = (await _arena!.Lab.EstablishedAsync(Patience.Token())).Single(connection => connection.Remote == client).Id;
        return new WireFlow(path, announced, timestamps, isIPv6, id, socket, host);
    }

    private void Lay(WirePath path, NetworkNamespace router)
    {
        var (device, net, hosts) = ($"path{(int)path}", 10 + (int)path, 20 + (int)path);
        string[] near = [$"10.{net}.0.1/24", $"fd00:{net}::1/64"];
        router.AddVeth(_far!, device, device, near, [$"10.{net}.0.2/24", $"fd00:{net}::2/64"]);
        foreach (var (prefix, gateway, server) in new[]
        {
            ($"10.{hosts}.0.0/16", $"10.{net}.0.2", Laboratory.ClientAddress),
            ($"fd00:{hosts}::/32", $"fd00:{net}::2", Laboratory.ClientAddressV6),
        })
        {
            // A router forwards by a locked MTU of the route. A device of that MTU would also drop what the far end sends.
            string[] narrow = path is WirePath.Wide ? [] : ["mtu", "lock", $"{Narrow}"];
            router.Ip(["route", "add", prefix, "via", gateway, .. narrow]);
            _arena!.Lab.Server.AddRoute(prefix, server);
            _far!.Ip("route", "add", "local", prefix, "dev", "lo");
        }
    }

    private static string Rules()
    {
        var silent = 20 + (int)WirePath.Silent;
        var changes = Announced.Select((mss, index) => (
            Hosts: ((string[])[$"ip saddr & 0.0.255.0 == 0.0.{index}.0", $"ip6 saddr & 0:0:ffff:: == 0:0:{index}::"]),
            Change: mss == 0 ? "reset tcp option maxseg" : $"tcp option maxseg size set {mss}"));
        var announce = changes.SelectMany(change => change.Hosts, (change, hosts) => $"{hosts} tcp flags syn {change.Change}");
        return $$"""
            add table inet wire {
                chain announce {
                    type filter hook forward priority mangle;
                    {{string.Join("; ", announce)}}
                }
                chain silence {
                    type filter hook output priority 0;
                    icmp type destination-unreachable @th,192,16 == 0x0a{{silent:x2}} drop
                    icmpv6 type packet-too-big @th,256,32 == 0xfd0000{{silent}} drop
                }
            }
            """;
    }
}
