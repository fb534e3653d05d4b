using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ActorStack.Tests.Common.PostgreSql;

/// <summary>
/// A server of PostgreSQL with a temporary directory of its own, on a free port of loopback and on a Unix domain socket, which
/// processes of other network namespaces reach. It runs in a user namespace, because it refuses to run as root.
/// </summary>
public sealed class PostgreSqlServer : IDisposable
{
    public const string User = "actorstack";
    public const string Password = "a word; \"quoted\"";

    private const int Attempts = 5;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("actorstack-pg");
    private readonly string _folder;
    private Process? _process;
    private int _databases;

    public PostgreSqlServer()
    {
        _folder = PostgreSqlRequirement.Folder
            ?? throw new InvalidOperationException("PostgreSQL is missing; install it (apt-get install postgresql)");
        var password = Path.Combine(_directory.FullName, "password");
        File.WriteAllText(password, Password);
        Run("initdb", "-D", Data, "-U", User, "-A", "scram-sha-256", "--pwfile", password, "-N", "-E", "UTF8", "--no-locale");
        Start();
    }

    public int Port { get; private set; }

    /// <summary>The directory of the Unix domain socket: <c>Host</c> of a client in another network namespace.</summary>
    public string SocketDirectory => _directory.FullName;

    private string Data => Path.Combine(_directory.FullName, "data");

    /// <summary>Makes an empty database and returns its connection string.</summary>
    public string CreateDatabase()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"journal{Interlocked.Increment(ref _databases)}");
        Execute($"CREATE DATABASE {name}");
        return ConnectionString(name);
    }

    /// <summary>The connection string of a database.</summary>
    public string ConnectionString(string database, string? host = null, string user = User, string password = Password) =>
        $"Host={host ?? "127.0.0.1"};Port={Port};Database={database};Username={user};Password='{password}'";

    /// <summary>Runs a statement as the owner of the server and returns what it prints.</summary>
    public string Execute(string statement, string database = "postgres") =>
        Run(
            "psql", "-h", SocketDirectory, "-p", $"{Port}", "-U", User, "-d", database, "-qtAX", "-v", "ON_ERROR_STOP=1",
            "-c", statement);

    /// <summary>Starts the server again, on the same port where it had one.</summary>
    public void Start()
    {
        for (var attempt = 1; !TryStart(); attempt++)
        {
            if (attempt == Attempts) throw new InvalidOperationException(File.ReadAllText(Log));
        }
    }

    /// <summary>Ends all processes of the server at once, as a crash does.</summary>
    public void Kill()
    {
        Signal("-KILL");
        _process!.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Stops all processes of the server, which then answer nothing while their connections stay open.</summary>
    public void Suspend() => Signal("-STOP");

    /// <summary>Lets the processes go on that <see cref="Suspend"/> has stopped.</summary>
    public void Resume() => Signal("-CONT");

    public void Dispose()
    {
        if (_process is not null) Kill();
        _directory.Delete(recursive: true);
    }

    private string Log => Path.Combine(_directory.FullName, "log");

    private bool TryStart()
    {
        if (Port == 0) Port = FreePort();
        var start = Describe(
            "postgres", "-D", Data, "-h", "127.0.0.1", "-p", $"{Port}", "-k", SocketDirectory, "-F",
            "-c", "logging_collector=off", "-c", "restart_after_crash=off", "-c", "max_connections=500");
        _process = Process.Start(new ProcessStartInfo("sh", ["-c", $"exec \"$0\" \"$@\" >> {Log} 2>&1", .. start]))!;
        while (!_process.HasExited)
        {
            try
            {
                Execute("SELECT 1");
                return true;
            }
            catch (InvalidOperationException)
            {
                _process.WaitForExit(TimeSpan.FromMilliseconds(50));
            }
        }

        _process.Dispose();
        _process = null;
        Port = 0; // another process may have taken it
        return false;
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>
    /// The first process starts one for each connection; it is stopped before the others, so that it starts no more.
    /// </summary>
    private void Signal(string name)
    {
        var first = _process!.Id;
        Run("kill", "-STOP", $"{first}");
        var others = File.ReadAllText($"/proc/{first}/task/{first}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (var other in others) Run("kill", name, other);
        Run("kill", name, $"{first}");
    }

    private string[] Describe(string program, params string[] arguments) =>
        ["unshare", "--user", "--map-user=1000", "--map-group=1000", $"{_folder}/{program}", .. arguments];

    private string Run(string program, params string[] arguments)
    {
        string[] command = program == "kill" ? [program, .. arguments] : Describe(program, arguments);
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PGPASSWORD"] = Password },
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode == 0) return output.Trim();
        throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {errors.Result}");
    }
}
