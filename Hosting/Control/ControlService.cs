using System.Net.Sockets;
using ActorStack.Hosting.TakeOver;
using ActorStack.Hosting.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ActorStack.Hosting.Control;

/// <summary>
/// Serves the control API on a Unix domain socket, apart from any web server of the application. A socket that cannot be
/// reached any more, because its file was removed or its listener ran out of descriptors, is created anew.
/// </summary>
internal sealed class ControlService(
    ControlSocket socket, TakeOverService takeOver, IActorStack stack, IEnumerable<IControlEndpoints> extensions,
    ILoggerFactory loggers, ILogger<ControlService> logger)
    : IHostedService, IStackStart, IAsyncDisposable
{
    /// <summary>The most connections. Each uses a descriptor, and a listener that gets none keeps asking for one.</summary>
    private const int MostConnections = 64;

    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(5);

    private readonly Lock _startGate = new();
    private readonly PeriodicTimer _timer = new(WatchInterval);
    private Task? _opened;
    private WebApplication? _application;
    private Task _watch = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => OpenAsync(cancellationToken);

    public Task OpenAsync(CancellationToken cancellation)
    {
        lock (_startGate) return _opened ??= OpenOnceAsync(cancellation);
    }

    private async Task OpenOnceAsync(CancellationToken cancellation)
    {
        _application = await ServeAsync(cancellation);
        _watch = WatchAsync();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await EndWatchAsync();
        if (_application is not { } application) return;
        await application.StopAsync(cancellationToken);
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndWatchAsync();
        if (_application is not { } application) return;
        _application = null;
        await application.DisposeAsync();
        if (!takeOver.HasSuccessor) socket.Remove();
    }

    private async Task<WebApplication> ServeAsync(CancellationToken cancellation)
    {
        var builder = SideServer.CreateBuilder(stack, loggers);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socket.Path));
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = _ => socket.Bind(takeOver.HasPredecessor));
        builder.Services.Replace(ServiceDescriptor.Singleton<IConnectionListenerFactory>(provider => new BoundedListenerFactory(
            new SocketTransportFactory(
                provider.GetRequiredService<IOptions<SocketTransportOptions>>(), provider.GetRequiredService<ILoggerFactory>()),
            MostConnections)));
        var application = builder.Build();
        application.UseControlRefusals();
        var group = application.MapActorStackControl();
        foreach (var extension in extensions) extension.Map(group);
        await application.StartAsync(cancellation);
        return application;
    }

    private async Task WatchAsync()
    {
        while (await _timer.WaitForNextTickAsync())
        {
            if (socket.IsServed()) continue;
            try
            {
                if (_application is { } deaf) await deaf.DisposeAsync();
                _application = null;
                _application = await ServeAsync(CancellationToken.None);
                logger.ControlSocketAgain(socket.Path);
            }
            catch (Exception error) when (error is IOException or SocketException or StackStartException)
            {
                logger.ControlSocketGone(socket.Path, error.Message);
            }
        }
    }

    private async Task EndWatchAsync()
    {
        _timer.Dispose();
        await _watch;
    }
}
