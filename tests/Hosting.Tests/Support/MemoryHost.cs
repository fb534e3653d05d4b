using System.IO.Pipelines;
using ActorStack.CommandLine.Demo;
using ActorStack.Transport.Links;
using ActorStack.Transport.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ActorStack.Hosting.Tests.Support;

/// <summary>A host whose stack hangs on one end of an in-memory wire; clients of the test connect from the other.</summary>
internal sealed class MemoryHost : IAsyncDisposable
{
    public const int Port = 7;

    private const string Address = "10.9.0.1";

    private readonly InMemoryWire _wire = new(new InMemoryWireOptions { SegmentationOffload = true }, TimeProvider.System);
    private readonly List<WirePeer> _peers = [];
    private readonly IHost _host;

    private MemoryHost(
        Action<ActorStackBuilder> configure, Action<ActorStackOptions>? options, string? contentRoot, TimeSpan? shutdown,
        Func<ILink, ILink>? wrap)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = contentRoot });
        if (shutdown is { } time) builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = time);
        builder.Services.AddLogging();
        builder.Services.AddSingleton(wrap?.Invoke(_wire.Left) ?? _wire.Left);
        configure(builder.Services.AddActorStack(given =>
        {
            given.Addresses.Add($"{Address}/32");
            given.Kernel = EngineMode.Off;
            given.Toe = EngineMode.Required;
            given.DrainLimit = TimeSpan.Zero;
            options?.Invoke(given);
        }));
        _host = builder.Build();
    }

    public IServiceProvider Services => _host.Services;

    public IActorStack Stack => Services.GetRequiredService<IActorStack>();

    public static async Task<MemoryHost> StartAsync(
        Action<ActorStackBuilder> configure, Action<ActorStackOptions>? options = null, string? contentRoot = null,
        TimeSpan? shutdown = null,
        Func<ILink, ILink>? wrap = null)
    {
        var host = new MemoryHost(configure, options, contentRoot, shutdown, wrap);
        try
        {
            await host._host.StartAsync(Patience.Token());
            return host;
        }
        catch
        {
            await ((IAsyncDisposable)host._host).DisposeAsync();
            host._wire.Dispose();
            throw;
        }
    }

    public async Task<IDuplexPipe> ConnectAsync(int port = Port)
    {
        // The wire has one far end, so there is one client at a time.
        var local = new TcpEndpoint(IpAddress.Parse("10.8.0.2"), (ushort)(40_000 + _peers.Count));
        var peer = new WirePeer(_wire.Right, local, new TcpEndpoint(IpAddress.Parse(Address), (ushort)port));
        _peers.Add(peer);
        await peer.Established.WaitAsync(Patience.Token());
        return peer.Pipe;
    }

    /// <summary>Ends as the <c>RunAsync</c> of an application does.</summary>
    public Task WaitForShutdownAsync() => _host.WaitForShutdownAsync(Patience.Token());

    public Task StopAsync() => _host.StopAsync(Patience.Token());

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _host.Dispose();
        foreach (var peer in _peers) peer.Dispose();
        _wire.Dispose();
    }
}
