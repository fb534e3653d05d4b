using System.Net.Sockets;
using System.Text;
using ActorStack.CommandLine.Lab;
using ActorStack.Hosting.Services;
using ActorStack.Hosting.Systemd;
using ActorStack.Hosting.Tests.Support;
using ActorStack.Tests.Common;
using Microsoft.Extensions.DependencyInjection;

namespace ActorStack.Hosting.Tests;

/// <summary>What systemd hears of a service of its own.</summary>
public sealed class SystemdTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"as-{Guid.NewGuid():N}");
    private readonly Socket _systemd = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public SystemdTests() => _systemd.Bind(new UnixDomainSocketEndPoint(_path));

    public void Dispose() => _systemd.Dispose();

    [LinuxFact]
    public async Task The_unit_goes_on_with_the_process_that_takes_over()
    {
        using var lab = new Laboratory(isJournaled: false);
        var environment = new Dictionary<string, string> { [ServiceManager.Variable] = _path };
        using var running = await lab.StartServiceAsync(environment, Patience.Token());
        Assert.Equal("READY=1", await HearAsync());
        using var next = await lab.StartServiceAsync(environment, Patience.Token(), arguments: "--take-over");
        Assert.Equal($"MAINPID={next.Id}", await HearAsync());
        Assert.Equal("READY=1", await HearAsync());
        Assert.Equal(0, await running.WaitAsync(Patience.Token()));
    }

    [Fact]
    public async Task Any_host_with_a_stack_says_that_it_is_ready()
    {
        await using var host = await MemoryHost.StartAsync(
            stack => stack.AddConnectionHandler<EchoHandler>("echo", MemoryHost.Port).Services
                .AddSingleton(new ServiceManager(_path)));
        Assert.Equal("READY=1", await HearAsync());
    }

    private async Task<string> HearAsync()
    {
        var buffer = new byte[256];
        return Encoding.UTF8.GetString(buffer, 0, await _systemd.ReceiveAsync(buffer, Patience.Token()));
    }
}
