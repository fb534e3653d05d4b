using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorStack.Hosting.Control;

/// <summary>Serves the control API on a Unix domain socket, apart from whatever web server the application runs itself.</summary>
internal sealed class ControlService(
    ControlSocket socket, IActorStack stack, IEnumerable<IControlEndpoints> extensions, ILoggerFactory loggers)
    : IHostedService, IStackStart, IAsyncDisposable
{
    private readonly Lock _startGate = new();
    private Task? _opened;
    private WebApplication? _application;

    public Task StartAsync(CancellationToken cancellationToken) => OpenAsync(cancellationToken);

    public Task OpenAsync(CancellationToken cancellation)
    {
        lock (_startGate) return _opened ??= OpenOnceAsync(cancellation);
    }

    private async Task OpenOnceAsync(CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddControlRefusals();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ControlJson.Default));
        builder.Services.AddSingleton(stack);
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socket.Path));
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = _ => socket.Bind());
        var application = builder.Build();
        application.UseControlRefusals();
        var group = application.MapActorStackControl();
        foreach (var extension in extensions) extension.Map(group);
        await application.StartAsync(cancellation);
        _application = application;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_application is null) return;
        await _application.StopAsync(cancellationToken);
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_application is not { } application) return;
        _application = null;
        await application.DisposeAsync();
        socket.Remove();
    }

    /// <summary>Signals are the outer host's.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
