using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ActorStack.Actors.Connections;
using ActorStack.CommandLine.Operate;
using ActorStack.CommandLine.Serve;
using ActorStack.CommandLine.Traffic;
using ActorStack.Transport.Linux;
using ActorStack.Transport.State;

namespace ActorStack.CommandLine.Lab;

/// <summary>
/// Two network namespaces of its own, joined by a veth. One has the service with its virtual address and plain .NET sockets on
/// an ordinary address; the other has the clients. The host's own network is not touched, and the namespaces end with the
/// processes.
/// </summary>
internal sealed class Laboratory : IDisposable
{
    public const string PlainAddress = "10.8.0.1";
    public const string VirtualAddress = "10.9.0.1";
    public const string VirtualAddressV6 = "fd00:9::1";
    public const string ClientAddress = "10.8.0.2";
    public const string PlainAddressV6 = "fd00:8::1";
    public const string ClientAddressV6 = "fd00:8::2";

    private const string Sources = "10.7.0.0/16";

    private static readonly Dictionary<string, string> NoSettings = [];

    private static readonly string[] Services =
    [
        "--service", $"echo={Ports.Echo}", "--service", $"discard={Ports.Discard}",
        "--service", $"chargen={Ports.Chargen}", "--service", $"transfer={Ports.Transfer}",
    ];

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("actorstack-");

    private readonly bool _isJournaled;

    /// <param name="isJoined">True: a veth joins the namespaces; false: <see cref="JoinByPathAsync"/> joins them.</param>
    /// <param name="isJournaled">True: the services have a state directory. False: their journals are in memory, and they start
    /// faster.</param>
    public Laboratory(bool isJoined = true, bool isJournaled = true)
    {
        _isJournaled = isJournaled;
        Server = NetworkNamespace.Create("server");
        Client = NetworkNamespace.Create("client");
        Server.EnableForwarding();
        Client.SetSystemControl("ipv4/ip_local_port_range", "1024 65535");

        // Clients open and close thousands of connections a second, and TIME-WAIT would soon hold all their ports.
        Client.SetSystemControl("ipv4/tcp_max_tw_buckets", "64");
        Control = new ControlClient(ControlSocket);
        if (!isJoined) return;
        Server.AddVeth(
            Client, "veth0", "veth0", [$"{PlainAddress}/24", $"{PlainAddressV6}/64"],
            [$"{ClientAddress}/24", $"{ClientAddressV6}/64"]);
        AddRoutes();
    }

    /// <summary>
    /// One of 65,536 addresses of clients, because one address does not have enough ports for all connections.
    /// </summary>
    public static string Source(int index) => $"10.7.{index >> 8}.{index & 255}";

    public NetworkNamespace Server { get; }

    public NetworkNamespace Client { get; }

    public ControlClient Control { get; }

    public string ControlSocket => Path.Combine(_directory.FullName, "control.sock");

    /// <summary>
    /// Joins the namespaces by the path emulator, with the client at its left end. A line of JSON to the emulator changes the
    /// path.
    /// </summary>
    public async Task<ChildProcess> JoinByPathAsync(CancellationToken cancellation)
    {
        var emulator = await ChildProcess.StartAsync(Server, NoSettings,
        [
            "path", "--left", Client.Path, "--right", Server.Path,
            "--left-address", $"{ClientAddress}/24", "--left-address", $"{ClientAddressV6}/64",
            "--right-address", $"{PlainAddress}/24", "--right-address", $"{PlainAddressV6}/64",
        ], cancellation);
        AddRoutes();
        return emulator;
    }

    /// <summary>Starts a service with all engines. It is ready when the task ends.</summary>
    /// <param name="drain">The service's drain limit, in seconds.</param>
    public Task<ChildProcess> StartServiceAsync(
        CancellationToken cancellation, double drain = 0, params IEnumerable<string> arguments) =>
        StartServiceAsync(NoSettings, cancellation, drain, arguments);

    /// <inheritdoc cref="StartServiceAsync(CancellationToken, double, IEnumerable{string})"/>
    /// <param name="environment">Settings by the names of environment variables in .NET's configuration.</param>
    public Task<ChildProcess> StartServiceAsync(
        IReadOnlyDictionary<string, string> environment, CancellationToken cancellation, double drain = 0,
        params IEnumerable<string> arguments) =>
        ChildProcess.StartAsync(Server, environment,
        [
            "serve", "--attached", "--diagnostics", "--tun", "as0", "--address", $"{VirtualAddress}/32", "--address",
            $"{VirtualAddressV6}/128",
            "--kernel", "required", "--toe", "required", "--drain", $"{drain}",
            .. _isJournaled ? (string[])["--state", Path.Combine(_directory.FullName, "state")] : [],
            "--control", ControlSocket, .. Services, .. arguments,
        ], cancellation);

    public Task<ChildProcess> StartPlainAsync(CancellationToken cancellation, params IEnumerable<string> arguments) =>
        ChildProcess.StartAsync(
            Server, NoSettings, ["plain", "--address", PlainAddress, .. Services, .. arguments], cancellation);

    /// <summary>Starts a client, which connects and then waits for its start signal.</summary>
    public Task<ChildProcess> StartClientAsync(
        string kind, string address, int port, IEnumerable<string> arguments, CancellationToken cancellation) =>
        ChildProcess.StartAsync(Client, NoSettings, ["traffic", kind, "--to", $"{address}:{port}", .. arguments], cancellation);

    /// <summary>Starts a client's work and returns its measurements.</summary>
    public static async Task<T> FinishAsync<T>(ChildProcess client, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        JsonSerializer.Deserialize(await client.AskAsync(TrafficCommand.Go, cancellation), type)!;

    /// <summary>Lists the current connections of the clients.</summary>
    public async Task<IReadOnlyList<ConnectionSnapshot>> EstablishedAsync(CancellationToken cancellation) =>
        [
            .. (await Control.ListConnectionsAsync(ended: false, cancellation))
                .Where(connection => connection is { Ended: null, State: TcpState.Established }),
        ];

    /// <summary>Measures the service's memory after a garbage collection.</summary>
    public Task<MemoryReport> ReadMemoryAsync(CancellationToken cancellation) =>
        Control.SendAsync(HttpMethod.Get, "memory", null, CommandJson.Default.MemoryReport, cancellation);

    /// <summary>Measures the service's memory without a garbage collection, which would disturb the measurement.</summary>
    public Task<MemoryReport> LookAtMemoryAsync(CancellationToken cancellation) =>
        Control.SendAsync(HttpMethod.Get, "memory?collect=false", null, CommandJson.Default.MemoryReport, cancellation);

    public void Dispose()
    {
        Control.Dispose();
        Client.Dispose();
        Server.Dispose();
        _directory.Delete(recursive: true);
    }

    private void AddRoutes()
    {
        Client.Ip("route", "add", "local", Sources, "dev", "lo");
        Server.AddRoute(Sources, ClientAddress);
        Client.AddRoute($"{VirtualAddress}/32", PlainAddress);
        Client.AddRoute($"{VirtualAddressV6}/128", PlainAddressV6);
    }
}
