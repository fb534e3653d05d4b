using ActorStack.Actors.Connections;
using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Operate;
using ActorStack.Transport.Linux;
using ActorStack.Transport.State;

namespace ActorStack.CommandLine.Demo.Cluster;

/// <summary>
/// A client, a router, and behind it the nodes of a cluster on one segment, in network namespaces of its own. All nodes have the
/// virtual address; the router sends what is for it to the first node.
/// </summary>
internal sealed class ClusterLaboratory : IDisposable
{
    private const int ClusterPort = 4053;
    private const string RouterInside = "10.2.0.1";

    private static readonly Dictionary<string, string> NoSettings = [];

    private readonly string? _journal;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("actorstack-");
    private readonly NetworkNamespace _router = NetworkNamespace.Create("router");
    private readonly Dictionary<string, NetworkNamespace> _nodes = [];
    private readonly Dictionary<string, ControlClient> _controls = [];

    /// <param name="names">The names of the nodes.</param>
    /// <param name="journal">The connection string of a journal in PostgreSQL that the nodes share; null: each has a state
    /// directory of its own.</param>
    public ClusterLaboratory(IReadOnlyList<string> names, string? journal = null)
    {
        (Names, _journal) = (names, journal);
        Client = NetworkNamespace.Create("client");
        _router.EnableForwarding();
        Client.AddVeth(_router, "c0", "r0", ["10.1.0.2/24"], ["10.1.0.1/24"]);
        Client.AddRoute("default", "10.1.0.1");
        _router.Ip("link", "add", "br0", "type", "bridge");
        _router.Ip("address", "add", $"{RouterInside}/24", "dev", "br0");
        _router.Ip("link", "set", "br0", "up");
        foreach (var name in names) Join(name);
        RouteTo(names[0]);
    }

    public IReadOnlyList<string> Names { get; }

    public NetworkNamespace Client { get; }

    /// <summary>The control API of a node.</summary>
    public ControlClient ControlOf(string name) => _controls[name];

    /// <summary>The router sends what is for the virtual address to this node from now on.</summary>
    public void RouteTo(string name) =>
        _router.Ip("route", "replace", Laboratory.VirtualAddress, "via", AddressOf(name));

    /// <summary>Starts a node, and returns when it has joined the cluster and serves.</summary>
    public Task<ChildProcess> StartNodeAsync(string name, CancellationToken cancellation) => ChildProcess.StartAsync(
        _nodes[name], _journal is null ? NoSettings : new() { ["ActorStack__Journal__ConnectionString"] = _journal },
        [
            "serve", "--attached", "--node", name, "--tun", "as0", "--address", $"{Laboratory.VirtualAddress}/32",
            "--kernel", "off", "--loops", "1", "--control", SocketOf(name),
            .. _journal is null ? ["--state", Path.Combine(_directory.FullName, name)] : (string[])["--journal", "postgresql"],
            "--cluster", $"{AddressOf(name)}:{ClusterPort}", "--seed", $"{AddressOf(Names[0])}:{ClusterPort}",
            "--steering", AddressOf(name), "--service", $"transfer={Ports.Transfer}", "--service", $"echo={Ports.Echo}",
        ], cancellation);

    /// <summary>A client that has connected and waits for its start.</summary>
    public Task<ChildProcess> StartClientAsync(
        string kind, int port, IEnumerable<string> arguments, CancellationToken cancellation) => ChildProcess.StartAsync(
        Client, NoSettings, ["traffic", kind, "--to", $"{Laboratory.VirtualAddress}:{port}", .. arguments], cancellation);

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
        _router.AddVeth(node, $"{name}0", "n0", [], [$"{AddressOf(name)}/24"]);
        _router.Ip("link", "set", $"{name}0", "master", "br0");
        node.AddRoute("default", RouterInside);
        _controls[name] = new ControlClient(SocketOf(name));
    }
}
