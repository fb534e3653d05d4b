using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ActorStack.CommandLine.Lab;

namespace ActorStack.AspNetCore.Tests.Support;

/// <summary>
/// An application over the stack in a network namespace, and clients in another one. As a fixture it is the application of the
/// tests, which moves every connection each 200 ms.
/// </summary>
public sealed class StockApplication : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> _output = new();
    private Laboratory? _lab;
    private Process? _process;
    private Task _reading = Task.CompletedTask;

    internal Laboratory Lab => _lab ?? throw new InvalidOperationException("the application was not started");

    /// <summary>What the application has logged.</summary>
    internal IEnumerable<string> Output => _output;

    public static Uri Url(string scheme, int port, string path) => new($"{scheme}://{Laboratory.VirtualAddress}:{port}{path}");

    public Task InitializeAsync() => ActorStack.Tests.Common.LinuxRequirement.SkipReason is null
        ? StartAsync("aspnetcore-server", $"--plain={Laboratory.PlainAddress}", "--move=200")
        : Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_process is { } process)
        {
            if (!process.HasExited) process.Kill();
            await process.WaitForExitAsync(Patience.Token());
            await _reading;
            process.Dispose();
        }

        _lab?.Dispose();
    }

    /// <summary>Starts a program of this directory, and returns when it serves.</summary>
    internal async Task StartAsync(string program, params string[] arguments)
    {
        _lab = new Laboratory();
        _process = _lab.Server.Start(new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, program),
            [
                "--ActorStack:Tun=as0", $"--ActorStack:Addresses:0={Laboratory.VirtualAddress}/32",
                "--ActorStack:Kernel=Required", $"--control={_lab.ControlSocket}", .. arguments,
            ])
        {
            RedirectStandardOutput = true,
        });
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _reading = ReadAsync(_process.StandardOutput, started);
        await started.Task.WaitAsync(Patience.Limit);
    }

    /// <summary>Asks the application to stop, as a service manager does, and returns its exit code.</summary>
    internal async Task<int> StopAsync()
    {
        Lab.Server.Execute("kill", "-TERM", $"{_process!.Id}");
        await _process.WaitForExitAsync(Patience.Token());
        return _process.ExitCode;
    }

    /// <summary>Opens a socket in the namespace of the clients.</summary>
    internal async Task<Socket> ConnectAsync(int port, string address = Laboratory.VirtualAddress)
    {
        var socket = Lab.Client.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        socket.NoDelay = true;
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(address), port), Patience.Token());
        return socket;
    }

    /// <summary>An HTTP handler whose connections begin in the namespace of the clients.</summary>
    internal SocketsHttpHandler CreateHandler(int connections = int.MaxValue) => new()
    {
        MaxConnectionsPerServer = connections,
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
        ConnectCallback = async (context, _) =>
            new NetworkStream(await ConnectAsync(context.DnsEndPoint.Port, context.DnsEndPoint.Host), ownsSocket: true),
    };

    internal HttpClient CreateClient(Version version, int connections = int.MaxValue) => new(CreateHandler(connections))
    {
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = Patience.Limit,
    };

    /// <summary>Runs a program in the namespace of the clients, and returns what it printed.</summary>
    internal Task<string> ExecuteAsync(string program, params string[] arguments) =>
        Task.Run(() => Lab.Client.Execute(program, arguments));

    private async Task ReadAsync(StreamReader output, TaskCompletionSource started)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            _output.Enqueue(line);
            if (line.Contains("Application started", StringComparison.Ordinal)) started.TrySetResult();
        }

        started.TrySetException(new InvalidOperationException($"the application ended early: {string.Join('\n', _output)}"));
    }
}
