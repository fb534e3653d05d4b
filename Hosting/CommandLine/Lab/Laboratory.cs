using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ActorStack.Actors.Connections;
using ActorStack.CommandLine.Operate;
using ActorStack.CommandLine.Serve;
using ActorStack.CommandLine.Traffic;
using ActorStack.Transport.Linux;

namespace ActorStack.CommandLine.Lab;

/// <summary>
/// Two network namespaces of its own, joined by a veth: one holds the service with its virtual address and plain .NET sockets on
/// an ordinary address, the other the clients. Nothing of the host is touched, and all vanishes with the processes.
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

    /// <param name="isJoined">Joined by a veth; otherwise <see cref="JoinByPathAsync"/> does it.</param>
    /// <param name="isJournaled">
    /// Its services have a state directory. Otherwise what they remember ends with them, and they start faster.
    /// </param>
    public Laboratory(bool isJoined = true, bool isJournaled = true)
    {
        _isJournaled = isJournaled;
        Server = NetworkNamespace.Create("server");
        Client = NetworkNamespace.Create("client");
        Server.EnableForwarding();
        Client.SetSystemControl("ipv4/ip_local_port_range", "1024 65535");

        // Clients open and close thousands of connections a second: TIME-WAITs would soon hold all their ports.
        Client.SetSystemControl("ipv4/tcp_max_tw_buckets", "64");
        Control = new ControlClient(ControlSocket);
        if (!isJoined) return;
        Server.AddVeth(Client, "veth0", "veth0", [$"{PlainAddress}/24", $"{PlainAddressV6}/64"],
            [$"{ClientAddress}/24", $"{ClientAddressV6}/64"]);
        AddRoutes();
    }

    /// <summary>One of 65,536 addresses from which clients may connect: more connections than an address has ports.</summary>
    public static string Source(int index) => $"10.7.{index >> 8}.{index & 255}";

    public NetworkNamespace Server { get; }

    public NetworkNamespace Client { get; }

    public ControlClient Control { get; }

    public string ControlSocket => Path.Combine(_directory.FullName, "control.sock");

    /// <summary>Joins the two by the path emulator, the client at its left end. Lines of JSON to it lay other paths.</summary>
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

    /// <summary>Starts a service with all engines, and returns when it is ready to serve.</summary>
    /// <param name="cancellation">Ends the wait and the service.</param>
    /// <param name="drain">Seconds it gives open connections at its stop.</param>
    /// <param name="arguments">More of its command line.</param>
    public Task<ChildProcess> StartServiceAsync(
        CancellationToken cancellation, double drain = 0, params IEnumerable<string> arguments) =>
        StartServiceAsync(NoSettings, cancellation, drain, arguments);

    /// <summary>Starts a service with all engines and settings of its own, and returns when it is ready to serve.</summary>
    /// <param name="environment">Settings by the names that .NET's configuration has for environment variables.</param>
    /// <param name="cancellation">Ends the wait and the service.</param>
    /// <param name="drain">Seconds it gives open connections at its stop.</param>
    /// <param name="arguments">More of its command line.</param>
    public Task<ChildProcess> StartServiceAsync(
        IReadOnlyDictionary<string, string> environment, CancellationToken cancellation, double drain = 0,
        params IEnumerable<string> arguments) =>
        ChildProcess.StartAsync(Server, environment, ServiceArguments(drain, arguments), cancellation);

    /// <summary>Starts a service that is to take over the running one, and returns before it does.</summary>
    /// <param name="arguments">More of its command line.</param>
    public ChildProcess StartTakeOver(params IEnumerable<string> arguments) =>
        ChildProcess.Start(Server, NoSettings, ServiceArguments(drain: 0, ["--take-over", .. arguments]));

    private string[] ServiceArguments(double drain, IEnumerable<string> arguments) =>
        [
            "serve", "--attached", "--diagnostics", "--tun", "as0", "--address", $"{VirtualAddress}/32", "--address",
            $"{VirtualAddressV6}/128",
            "--kernel", "required", "--toe", "required", "--drain", $"{drain}",
            .. _isJournaled ? (string[])["--state", Path.Combine(_directory.FullName, "state")] : [],
            "--control", ControlSocket, .. Services, .. arguments,
        ];

    public Task<ChildProcess> StartPlainAsync(CancellationToken cancellation, params IEnumerable<string> arguments) =>
        ChildProcess.StartAsync(
            Server, NoSettings, ["plain", "--address", PlainAddress, .. Services, .. arguments], cancellation);

    /// <summary>A client that has connected and waits for its start.</summary>
    public Task<ChildProcess> StartClientAsync(
        string kind, string address, int port, IEnumerable<string> arguments, CancellationToken cancellation) =>
        ChildProcess.StartAsync(Client, NoSettings, ["traffic", kind, "--to", $"{address}:{port}", .. arguments], cancellation);

    /// <summary>Lets a client do its work and returns what it measured.</summary>
    public static async Task<T> FinishAsync<T>(ChildProcess client, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        JsonSerializer.Deserialize(await client.AskAsync(TrafficCommand.Go, cancellation), type)!;

    /// <inheritdoc cref="EstablishedConnections.ListEstablishedAsync"/>
    public Task<IReadOnlyList<ConnectionSnapshot>> EstablishedAsync(CancellationToken cancellation) =>
        Control.ListEstablishedAsync(cancellation);

    /// <summary>Memory of the service, after a collection.</summary>
    public Task<MemoryReport> ReadMemoryAsync(CancellationToken cancellation) =>
        Control.SendAsync(HttpMethod.Get, "memory", null, CommandJson.Default.MemoryReport, cancellation);

    /// <summary>The same without one, which would disturb what is being measured.</summary>
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
