using ActorStack.Actors.Connections;
using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Operate;
using ActorStack.Transport.Linux;
using ActorStack.Transport.State;

namespace ActorStack.CommandLine.Demo.Cluster;

/// <summary>
/// A client, a router, and behind it the nodes of a cluster on one segment, in network namespaces of its own. All nodes have the
/// virtual addresses, one of each IP version; the router sends what is for them to the first node.
/// </summary>
internal sealed class ClusterLaboratory : IDisposable
{
    /// <summary>The client's device.</summary>
    public const string ClientDevice = "c0";

    private const int ClusterPort = 4053;
    private const string RouterInside = "10.2.0.1";
    private const string RouterInsideV6 = "fd00:2::1";

    private static readonly Dictionary<string, string> NoSettings = [];

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("actorstack-");
    private readonly NetworkNamespace _router = NetworkNamespace.Create("router");
    private readonly Dictionary<string, NetworkNamespace> _nodes = [];
    private readonly Dictionary<string, ControlClient> _controls = [];

    public ClusterLaboratory(IReadOnlyList<string> names)
    {
        Names = names;
        Client = NetworkNamespace.Create("client");
        _router.EnableForwarding();
        _router.SetSystemControl("ipv4/fib_multipath_hash_policy", "1"); // addresses and ports choose the node
        _router.SetSystemControl("ipv6/fib_multipath_hash_policy", "1");
        Client.AddVeth(
            _router, ClientDevice, "r0", ["10.1.0.2/24", "fd00:1::2/64"], ["10.1.0.1/24", "fd00:1::1/64"]);
        Client.AddRoute("default", "10.1.0.1");
        Client.AddRoute("default", "fd00:1::1");
        _router.Ip("link", "add", "br0", "type", "bridge");
        _router.Ip("address", "add", $"{RouterInside}/24", "dev", "br0");
        _router.Ip("address", "add", $"{RouterInsideV6}/64", "dev", "br0", "nodad");
        _router.Ip("link", "set", "br0", "up");
        foreach (var name in names) Join(name);
        RouteTo(names[0]);
    }

    public IReadOnlyList<string> Names { get; }

    public NetworkNamespace Client { get; }

    /// <summary>The control API of a node.</summary>
    public ControlClient ControlOf(string name) => _controls[name];

    /// <summary>
    /// The router sends what is for the virtual addresses to these nodes from now on; the addresses and ports of a flow choose
    /// one of several. Another set of nodes may give a flow to another node.
    /// </summary>
    public void RouteTo(params IReadOnlyList<string> names)
    {
        _router.Ip(["route", "replace", Laboratory.VirtualAddress, .. NextHops(names.Select(AddressOf))]);
        _router.Ip(["-6", "route", "replace", Laboratory.VirtualAddressV6, .. NextHops(names.Select(AddressV6Of))]);
    }

    /// <summary>Starts a node, and returns when it has joined the cluster and serves.</summary>
    public Task<ChildProcess> StartNodeAsync(string name, CancellationToken cancellation) => ChildProcess.StartAsync(
        _nodes[name], NoSettings,
        [
            "serve", "--attached", "--node", name, "--tun", "as0", "--address", $"{Laboratory.VirtualAddress}/32",
            "--address", $"{Laboratory.VirtualAddressV6}/128",
            "--kernel", "off", "--loops", "1", "--state", Path.Combine(_directory.FullName, name), "--control", SocketOf(name),
            "--cluster", $"{AddressOf(name)}:{ClusterPort}", "--seed", $"{AddressOf(Names[0])}:{ClusterPort}",
            "--steering", $"{AddressOf(name)},{AddressV6Of(name)}",
            "--service", $"transfer={Ports.Transfer}", "--service", $"echo={Ports.Echo}",
        ], cancellation);

    /// <summary>A client that has connected and waits for its start.</summary>
    public Task<ChildProcess> StartClientAsync(
        string kind, int port, IEnumerable<string> arguments, CancellationToken cancellation) => ChildProcess.StartAsync(
        Client, NoSettings, ["traffic", kind, "--to", $"{Laboratory.VirtualAddress}:{port}", .. arguments], cancellation);

    /// <summary>As <see cref="StartClientAsync"/>, to the virtual address of IPv6.</summary>
    public Task<ChildProcess> StartClientV6Async(
        string kind, int port, IEnumerable<string> arguments, CancellationToken cancellation) => ChildProcess.StartAsync(
        Client, NoSettings, ["traffic", kind, "--to", $"[{Laboratory.VirtualAddressV6}]:{port}", .. arguments], cancellation);

    /// <summary>The connections of a node that are established now.</summary>
    public async Task<IReadOnlyList<ConnectionSnapshot>> EstablishedAsync(string name, CancellationToken cancellation) =>
        [.. (await ControlOf(name).ListConnectionsAsync(ended: false, cancellation))
            .Where(connection => connection is { Ended: null, State: TcpState.Established })];

    public void Dispose()
    {
        foreach (var control in _controls.Values) control.Dispose();
        Client.Dispose();
        foreach (var node in _nodes.Values) node.Dispose();
        _router.Dispose();
        _directory.Delete(recursive: true);
    }

    private string AddressOf(string name) => $"10.2.0.{11 + Index(name)}";

    private string AddressV6Of(string name) => $"fd00:2::{11 + Index(name)}";

    private static IEnumerable<string> NextHops(IEnumerable<string> addresses) =>
        addresses.SelectMany(address => (string[])["nexthop", "via", address]);

    private int Index(string name)
    {
        for (var i = 0; i < Names.Count; i++)
        {
            if (Names[i] == name) return i;
        }

        throw new ArgumentException($"there is no node {name}", nameof(name));
    }

    private string SocketOf(string name) => Path.Combine(_directory.FullName, $"{name}.sock");

    private void Join(string name)
    {
        var node = _nodes[name] = NetworkNamespace.Create($"node {name}");
        node.EnableForwarding();
        _router.AddVeth(node, $"{name}0", "n0", [], [$"{AddressOf(name)}/24", $"{AddressV6Of(name)}/64"]);
        _router.Ip("link", "set", $"{name}0", "master", "br0");
        node.AddRoute("default", RouterInside);
        node.AddRoute("default", RouterInsideV6);
        _controls[name] = new ControlClient(SocketOf(name));
    }
}
