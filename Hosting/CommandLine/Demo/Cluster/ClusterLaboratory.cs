using ActorStack.Actors.Cluster;
using ActorStack.Actors.Connections;
using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Operate;
using ActorStack.CommandLine.Traffic;
using ActorStack.Transport.Linux;

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
    private const int HandoffTries = 50;
    private const int HandoffsAtOnce = 16;
    private const string RouterInside = "10.2.0.1";
    private const string RouterInsideV6 = "fd00:2::1";

    private static readonly TimeSpan DrainLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan CrowdPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private static readonly Dictionary<string, string> NoSettings = [];

    private readonly string? _journal;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("actorstack-");
    private readonly NetworkNamespace _router = NetworkNamespace.Create("router");
    private readonly Dictionary<string, NetworkNamespace> _nodes = [];
    private readonly Dictionary<string, ControlClient> _controls = [];
    private readonly Dictionary<string, ChildProcess> _services = [];
    private readonly List<string> _ended = [];

    /// <param name="names">The names of the nodes.</param>
    /// <param name="journal">The connection string of a journal in PostgreSQL that the nodes share; null: each has a state
    /// directory of its own.</param>
    public ClusterLaboratory(IReadOnlyList<string> names, string? journal = null)
    {
        (Names, _journal) = (names, journal);
        Client = NetworkNamespace.Create("client");
        _router.EnableForwarding();
        _router.SetSystemControl("ipv4/fib_multipath_hash_policy", "1"); // addresses and ports choose the node
        _router.SetSystemControl("ipv6/fib_multipath_hash_policy", "1");
        Client.AddVeth(
            _router, ClientDevice, "r0", ["10.1.0.2/24", "fd00:1::2/64"], ["10.1.0.1/24", "fd00:1::1/64"]);
        Client.AddRoute("default", "10.1.0.1");
        Client.AddRoute("default", "fd00:1::1");
        LimitBackoff();
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

    /// <summary>The process of a node.</summary>
    public ChildProcess ServiceOf(string name) => _services[name];

    /// <summary>The last lines of every process of a node, those of the processes that have ended first.</summary>
    public string Said => string.Join(
        Environment.NewLine,
        _ended.Concat(_services.SelectMany(service => service.Value.Said.Select(line => $"{service.Key}: {line}"))));

    /// <summary>The node after this one in the ring.</summary>
    public string After(string name) => Names[(Index(name) + 1) % Names.Count];

    /// <summary>Starts a node, and returns when it has joined the cluster and serves.</summary>
    public async Task StartNodeAsync(string name, CancellationToken cancellation)
    {
        if (_services.Remove(name, out var earlier))
        {
            earlier.Dispose();
            _ended.AddRange(earlier.Said.Select(line => $"{name}: {line}"));
        }

        _services[name] = await ChildProcess.StartAsync(
            _nodes[name], _journal is null ? NoSettings : new() { ["ActorStack__Journal__ConnectionString"] = _journal },
            [
                "serve", "--attached", "--node", name, "--tun", "as0", "--address", $"{Laboratory.VirtualAddress}/32",
                "--address", $"{Laboratory.VirtualAddressV6}/128", "--kernel", "off", "--loops", "1",
                .. _journal is null
                    ? ["--state", Path.Combine(_directory.FullName, name)]
                    : (string[])["--journal", "postgresql"],
                "--control", SocketOf(name), "--drain", $"{DrainLimit.TotalSeconds}",
                "--cluster", $"{AddressOf(name)}:{ClusterPort}", .. Seeds(name),
                "--steering", $"{AddressOf(name)},{AddressV6Of(name)}",
                "--service", $"transfer={Ports.Transfer}", "--service", $"echo={Ports.Echo}",
            ], cancellation);
    }

    /// <summary>Starts all nodes and waits until each knows all.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        foreach (var name in Names) await StartNodeAsync(name, cancellation);
        await AwaitMembersAsync(Names, cancellation);
    }

    /// <summary>Waits until each of these nodes has exactly these as members that it reaches.</summary>
    public async Task AwaitMembersAsync(IReadOnlyCollection<string> names, CancellationToken cancellation)
    {
        foreach (var name in names)
        {
            while (!HasMembers(await ControlOf(name).ListNodesAsync(cancellation), names)) await Task.Delay(Poll, cancellation);
        }
    }

    /// <summary>Stops a node in order: it gives its connections to the others. Returns its exit code.</summary>
    public async Task<int> StopNodeAsync(string name, CancellationToken cancellation)
    {
        RouteTo(After(name));
        return await _services[name].StopAsync(cancellation);
    }

    /// <summary>Parts a node from all others, its clients too, or joins it again.</summary>
    public void Part(string name, bool isParted) => _router.Ip("link", "set", $"{name}0", isParted ? "down" : "up");

    /// <summary>
    /// Hands so many established connections of a node to another one, and tries again where a busy node is late.
    /// </summary>
    public async Task HandOffAsync(string from, string to, int count, CancellationToken cancellation) =>
        await Parallel.ForEachAsync(
            (await EstablishedAsync(from, cancellation)).Take(count),
            new ParallelOptions { MaxDegreeOfParallelism = HandoffsAtOnce, CancellationToken = cancellation },
            async (connection, stop) => await HandOffAsync(from, connection.Id, to, stop));

    private async Task HandOffAsync(string from, string id, string to, CancellationToken cancellation)
    {
        for (var left = HandoffTries; ; left--)
        {
            try
            {
                await ControlOf(from).HandOffAsync(id, to, cancellation);
                return;
            }
            catch (RolledBackException) when (left > 1)
            {
                await Task.Delay(Poll, cancellation);
            }
        }
    }

    /// <summary>A client that has connected and waits for its start.</summary>
    public Task<ChildProcess> StartClientAsync(
        string kind, int port, IEnumerable<string> arguments, CancellationToken cancellation) => ChildProcess.StartAsync(
        Client, NoSettings, ["traffic", kind, "--to", $"{Laboratory.VirtualAddress}:{port}", .. arguments], cancellation);

    /// <summary>As <see cref="StartClientAsync"/>, to the virtual address of IPv6.</summary>
    public Task<ChildProcess> StartClientV6Async(
        string kind, int port, IEnumerable<string> arguments, CancellationToken cancellation) => ChildProcess.StartAsync(
        Client, NoSettings, ["traffic", kind, "--to", $"[{Laboratory.VirtualAddressV6}]:{port}", .. arguments], cancellation);

    /// <summary>
    /// Connections to the echo service, each of which sends a message at intervals until the client is told to stop.
    /// </summary>
    public async Task<Crowd> StartCrowdAsync(int connections, TimeSpan period, CancellationToken cancellation)
    {
        var client = await StartClientAsync(
            "crowd", Ports.Echo,
            [
                "--connections", $"{connections}", "--up", "64", "--period", $"{period.TotalSeconds}",
                "--patience", $"{CrowdPatience.TotalSeconds}",
            ], cancellation);
        await client.TellAsync(TrafficCommand.Go, cancellation);
        return new Crowd(client);
    }

    /// <inheritdoc cref="EstablishedConnections.ListEstablishedAsync"/>
    public Task<IReadOnlyList<ConnectionSnapshot>> EstablishedAsync(string name, CancellationToken cancellation) =>
        ControlOf(name).ListEstablishedAsync(cancellation);

    /// <summary>
    /// Lets the kernel of the clients back off to two seconds at most where it can (Linux 6.15). A client whose node was lost
    /// asks with its next retransmission, which would otherwise come up to a minute after the cluster has removed the node.
    /// </summary>
    private void LimitBackoff()
    {
        const string LongestTimeout = "ipv4/tcp_rto_max_ms";
        if (File.Exists($"/proc/sys/net/{LongestTimeout}")) Client.SetSystemControl(LongestTimeout, "2000");
    }

    public void Dispose()
    {
        foreach (var service in _services.Values) service.Dispose();
        foreach (var control in _controls.Values) control.Dispose();
        Client.Dispose();
        foreach (var node in _nodes.Values) node.Dispose();
        _router.Dispose();
        _directory.Delete(recursive: true);
    }

    private static bool HasMembers(IReadOnlyList<NodeSnapshot> nodes, IReadOnlyCollection<string> names) =>
        nodes.Count == names.Count && nodes.All(node => node.Status == "up" && names.Contains(node.Name));

    // A node that starts again finds those that run by the others; the first of all begins the cluster by its own address.
    private IEnumerable<string> Seeds(string name) => _services.Keys.Where(other => other != name).DefaultIfEmpty(name)
        .SelectMany(seed => (string[])["--seed", $"{AddressOf(seed)}:{ClusterPort}"]);

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
