using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorStack.CommandLine.Lab;

namespace ActorStack.Hosting.Tests;

/// <summary>
/// A laboratory in which a sample is a service that is deployed anew, before clients with ordinary sockets. ACTORSTACK_CROWD and
/// ACTORSTACK_DEPLOYS say how many clients and deploys a test has.
/// </summary>
/// <param name="program">The sample.</param>
/// <param name="options">Makes the sample's own options; it gets the directory of the test.</param>
internal sealed class SampleGround(string program, Func<string, string[]>? options = null) : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("actorstack-");
    private readonly List<Process> _services = [];

    public Laboratory Lab { get; } = new();

    public static int Clients(int usual) => Setting("ACTORSTACK_CROWD", usual);

    public static int Deploys(int usual) => Setting("ACTORSTACK_DEPLOYS", usual);

    /// <summary>Starts the sample, and returns when it serves.</summary>
    public Task<Process> StartAsync() => StartAsync(takesOver: false);

    /// <summary>Lets the next version take over all connections, and returns it when the running one has ended.</summary>
    public async Task<Process> DeployAsync(Process running)
    {
        var next = await StartAsync(takesOver: true);
        await running.WaitForExitAsync(Patience.Token());
        Assert.Equal(0, running.ExitCode);
        return next;
    }

    /// <summary>An ordinary connection to the sample.</summary>
    public async Task<Socket> ConnectAsync(int port)
    {
        var socket = Lab.Client.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        socket.NoDelay = true;
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(Laboratory.VirtualAddress), port), Patience.Token());
        return socket;
    }

    public void Dispose()
    {
        foreach (var service in _services)
        {
            service.Kill();
            service.WaitForExit();
            service.Dispose();
        }

        Lab.Dispose();
        _directory.Delete(recursive: true);
    }

    private static int Setting(string variable, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out var given) ? given : usual;

    private async Task<Process> StartAsync(bool takesOver)
    {
        var service = Lab.Server.Start(new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, program),
            [
                "--ActorStack:Tun=as0", $"--ActorStack:Addresses:0={Laboratory.VirtualAddress}/32",
                $"--ActorStack:TakeOver:Socket={Path.Combine(_directory.FullName, "take-over.sock")}",
                $"--ActorStack:TakeOver:Enabled={takesOver}",
                .. options?.Invoke(_directory.FullName) ?? [],
            ])
        {
            RedirectStandardOutput = true,
        });
        _services.Add(service);
        var said = new StringBuilder();
        while (await service.StandardOutput.ReadLineAsync(Patience.Token()) is { } line)
        {
            if (line.Contains("Application started", StringComparison.Ordinal))
            {
                _ = service.StandardOutput.BaseStream.CopyToAsync(Stream.Null); // a full pipe would stop the service
                return service;
            }

            said.AppendLine(line);
        }

        throw new InvalidOperationException($"the sample ended early: {said}");
    }
}
