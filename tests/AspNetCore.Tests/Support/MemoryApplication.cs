using System.Net;
using ActorStack.Hosting;
using ActorStack.Transport.Links;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorStack.AspNetCore.Tests.Support;

/// <summary>
/// An application whose stack hangs on one end of an in-memory wire, and a stack for clients on the other end. Connections may
/// move into the emulated TOE.
/// </summary>
internal sealed class MemoryApplication : IAsyncDisposable
{
    public const string Address = "10.9.0.1";
    public const string ClientAddress = "10.8.0.2";

    private readonly InMemoryWire _wire = new(new InMemoryWireOptions { SegmentationOffload = true }, TimeProvider.System);
    private readonly WebApplication _application;
    private readonly IHost _client;

    private MemoryApplication(
        Action<WebApplicationBuilder> build, Action<WebApplication> map, Action<ActorStackOptions>? options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(_wire.Left);
        builder.WebHost.UseActorStack(given =>
        {
            Settle(given, Address);
            options?.Invoke(given);
        });
        build(builder);
        _application = builder.Build();
        map(_application);

        var client = Host.CreateEmptyApplicationBuilder(settings: null);
        client.Services.AddLogging();
        client.Services.AddSingleton(_wire.Right);
        client.Services.AddActorStack(given => Settle(given, ClientAddress));
        _client = client.Build();
    }

    public IServiceProvider Services => _application.Services;

    /// <summary>The stack of the application.</summary>
    public IActorStack Stack => Services.GetRequiredService<IActorStack>();

    /// <summary>The stack of the clients.</summary>
    public IActorStack Client => _client.Services.GetRequiredService<IActorStack>();

    /// <summary>The end points that Kestrel serves.</summary>
    public ICollection<string> Urls => _application.Urls;

    public static async Task<MemoryApplication> StartAsync(
        Action<WebApplicationBuilder> build, Action<WebApplication>? map = null, Action<ActorStackOptions>? options = null)
    {
        var application = new MemoryApplication(build, map ?? (_ => { }), options);
        try
        {
            await application._client.StartAsync(Patience.Token());
            await application._application.StartAsync(Patience.Token());
            return application;
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }
    }

    public Task<ConnectionContext> ConnectAsync(int port, CancellationToken cancellation) =>
        Client.ConnectAsync(new IPEndPoint(IPAddress.Parse(Address), port), options: null, cancellation);

    public HttpClient CreateClient() => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancellation) =>
            (await ConnectAsync(context.DnsEndPoint.Port, cancellation)).Transport.AsStream(),
    })
    {
        Timeout = Patience.Limit,
    };

    public Task StopAsync() => _application.StopAsync(Patience.Token());

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _application.DisposeAsync();
        await _client.StopAsync(Patience.Token());
        _client.Dispose();
        _wire.Dispose();
    }

    private static void Settle(ActorStackOptions options, string address)
    {
        options.Addresses.Add($"{address}/32");
        options.Kernel = EngineMode.Off;
        options.Toe = EngineMode.Required;
        options.DrainLimit = TimeSpan.Zero;
    }
}
