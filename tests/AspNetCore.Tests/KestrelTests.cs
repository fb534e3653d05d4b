using System.Net.Sockets;
using System.Text;
using ActorStack.AspNetCore.Tests.Support;
using ActorStack.Hosting;
using ActorStack.Hosting.Services;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace ActorStack.AspNetCore.Tests;

/// <summary>Kestrel over a stack on an in-memory wire.</summary>
public sealed class KestrelTests
{
    private const string Url = $"http://{MemoryApplication.Address}";

    [Fact]
    public async Task A_request_sees_where_its_connection_runs_and_moves_it()
    {
        await using var application = await MemoryApplication.StartAsync(Listen, app => app.MapGet("/", async http =>
        {
            var migration = http.Features.GetRequiredFeature<IConnectionMigrationFeature>();
            await http.Response.WriteAsync($"{string.Join(',', migration.Engines)}: {migration.RunsOn}");
            await migration.OffloadAsync("toe", http.RequestAborted);
            await http.Response.WriteAsync($" {migration.RunsOn}");
            await migration.UploadAsync(http.RequestAborted);
            var moves = (await migration.GetMigrationsAsync(http.RequestAborted)).Select(one => $"{one.From}-{one.To}");
            await http.Response.WriteAsync($" {migration.RunsOn}; {string.Join(' ', moves)}");
        }));
        using var client = application.CreateClient();
        Assert.Equal("toe: software toe software; software-toe toe-software", await client.GetStringAsync(Url, Patience.Token()));
    }

    [Fact]
    public async Task Middleware_finds_the_features_of_the_connection()
    {
        var seen = new TaskCompletionSource<ConnectionContext>();
        var served = new TaskCompletionSource();
        await using var application = await MemoryApplication.StartAsync(builder => Listen(builder, end => end.Run(context =>
        {
            seen.SetResult(context);
            return served.Task;
        })));
        await using var client = await application.ConnectAsync(80, Patience.Token());
        var context = await seen.Task.WaitAsync(Patience.Limit);

        var listed = Assert.Single(await application.Stack.ListConnectionsAsync(ended: false, Patience.Token()));
        Assert.Equal(listed.Id, context.ConnectionId);
        Assert.Equal($"{MemoryApplication.Address}:80", $"{context.LocalEndPoint}");
        Assert.Equal(client.LocalEndPoint, context.RemoteEndPoint);
        Assert.Equal(context.ConnectionId, context.Features.GetRequiredFeature<IConnectionIdFeature>().ConnectionId);
        Assert.Equal(context.LocalEndPoint, context.Features.GetRequiredFeature<IConnectionEndPointFeature>().LocalEndPoint);
        Assert.Same(context.Transport, context.Features.GetRequiredFeature<IConnectionTransportFeature>().Transport);
        Assert.Same(context.Items, context.Features.GetRequiredFeature<IConnectionItemsFeature>().Items);
        Assert.False(context.Features.GetRequiredFeature<IConnectionLifetimeFeature>().ConnectionClosed.IsCancellationRequested);
        Assert.NotNull(context.Features.GetRequiredFeature<IConnectionLifetimeNotificationFeature>());
        Assert.NotNull(context.Features.GetRequiredFeature<IMemoryPoolFeature>().MemoryPool);
        served.SetResult();
    }

    [Fact]
    public async Task A_request_is_aborted_when_its_client_closes_the_connection()
    {
        var (begun, aborted) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var application = await MemoryApplication.StartAsync(Listen, app => app.MapGet("/", async http =>
        {
            http.RequestAborted.Register(aborted.SetResult);
            begun.SetResult();
            await aborted.Task;
        }));
        await using var client = await application.ConnectAsync(80, Patience.Token());
        await client.Transport.AsStream().WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), Patience.Token());
        await begun.Task.WaitAsync(Patience.Limit);
        Assert.False(aborted.Task.IsCompleted);
        await client.Transport.Output.CompleteAsync();
        await aborted.Task.WaitAsync(Patience.Limit);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_abort_resets_the_connection(bool isOffloaded)
    {
        await using var application = await MemoryApplication.StartAsync(Listen, app => app.MapGet("/", async http =>
        {
            var migration = http.Features.GetRequiredFeature<IConnectionMigrationFeature>();
            if (isOffloaded) await migration.OffloadAsync("toe", http.RequestAborted);
            http.Abort();
        }));
        await using var client = await application.ConnectAsync(80, Patience.Token());
        await client.Transport.AsStream().WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), Patience.Token());
        var lost = await Assert.ThrowsAsync<SocketException>(
            () => client.Transport.AsStream().ReadAsync(new byte[1], Patience.Token()).AsTask());
        Assert.Equal(SocketError.ConnectionReset, lost.SocketErrorCode);
    }

    [Fact]
    public async Task Bytes_that_arrived_and_that_nobody_reads_reset_no_connection()
    {
        await using var application = await MemoryApplication.StartAsync(web => Listen(web, end => end.Run(async context =>
        {
            var read = await context.Transport.Input.ReadAsync();
            context.Transport.Input.AdvanceTo(read.Buffer.Start);
            await context.Transport.Output.WriteAsync("enough"u8.ToArray());
        })));
        await using var client = await application.ConnectAsync(80, Patience.Token());
        await client.Transport.AsStream().WriteAsync(new byte[1_000], Patience.Token());
        using var text = new StreamReader(client.Transport.AsStream(), Encoding.ASCII);
        Assert.Equal("enough", await text.ReadToEndAsync(Patience.Token()));
    }

    [Fact]
    public async Task A_stop_refuses_connections_finishes_requests_and_ends_the_stack_last()
    {
        var (begun, finish) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var application = await MemoryApplication.StartAsync(Listen, app => app.MapGet("/", async () =>
        {
            begun.SetResult();
            await finish.Task;
            return new string('x', 1_000_000);
        }), options => options.DrainLimit = TimeSpan.FromMinutes(1));
        using var client = application.CreateClient();
        var answering = client.GetAsync(new Uri(Url), Patience.Token());
        await begun.Task.WaitAsync(Patience.Limit);

        var stopping = application.StopAsync();
        var refused = await RefusedAsync(application);
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        Assert.NotEmpty(await application.Stack.ListConnectionsAsync(ended: false, Patience.Token())); // it does not stop yet
        Assert.False(stopping.IsCompleted);
        finish.SetResult();

        using var answer = await answering;
        Assert.Equal(1_000_000, (await answer.Content.ReadAsStringAsync(Patience.Token())).Length);
        Assert.True(answer.Headers.ConnectionClose);
        await stopping;
        await Assert.ThrowsAsync<ActorStackException>(() => application.Stack.GetStatisticsAsync(Patience.Token()));
    }

    [Fact]
    public async Task An_end_point_without_a_port_gets_a_free_one()
    {
        await using var application = await MemoryApplication.StartAsync(
            builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenActorStack(0)),
            app => app.MapGet("/", () => "here"));
        var port = new Uri(Assert.Single(application.Urls)).Port;
        using var client = application.CreateClient();
        Assert.Equal("here", await client.GetStringAsync(new Uri($"{Url}:{port}"), Patience.Token()));
    }

    [Fact]
    public async Task A_URL_with_an_address_of_the_stack_is_served_over_it()
    {
        await using var application = await MemoryApplication.StartAsync(
            builder => builder.WebHost.UseUrls($"{Url}:8080"), app => app.MapGet("/", () => "here"));
        using var client = application.CreateClient();
        Assert.Equal("here", await client.GetStringAsync(new Uri($"{Url}:8080"), Patience.Token()));
    }

    [Fact]
    public async Task A_port_that_a_handler_has_is_in_use()
    {
        var refused = await Assert.ThrowsAsync<IOException>(() => MemoryApplication.StartAsync(builder =>
        {
            builder.Services.AddActorStack().AddConnectionHandler<EchoHandler>("echo", 80);
            Listen(builder);
        }));
        Assert.Contains("address already in use", refused.Message, StringComparison.Ordinal);
        var reason = Assert.IsType<AddressInUseException>(refused.InnerException);
        Assert.Contains("service 'echo'", reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stack_that_cannot_start_ends_the_application_with_its_exit_code()
    {
        var directory = Directory.CreateTempSubdirectory("actorstack-");
        try
        {
            var hocon = Path.Combine(directory.FullName, "akka.hocon");
            await File.WriteAllTextAsync(hocon, "actorstack { a { }, }, }", Patience.Token());
            var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = directory.FullName });
            builder.Logging.ClearProviders();
            builder.WebHost.UseActorStack();
            Assert.Equal(ActorStackHostExtensions.CannotStart, await builder.Build().RunToExitCodeAsync(Patience.Token()));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Handlers_of_the_stack_serve_beside_Kestrel()
    {
        await using var application = await MemoryApplication.StartAsync(
            builder =>
            {
                Listen(builder);
                builder.Services.AddActorStack().AddConnectionHandler<EchoHandler>("echo", 7);
            },
            app => app.MapGet("/", () => "here"));
        using var client = application.CreateClient();
        Assert.Equal("here", await client.GetStringAsync(new Uri(Url), Patience.Token()));
        await using var echo = await application.ConnectAsync(7, Patience.Token());
        await echo.Transport.AsStream().WriteAsync("there"u8.ToArray(), Patience.Token());
        var answer = new byte[5];
        await echo.Transport.AsStream().ReadExactlyAsync(answer, Patience.Token());
        Assert.Equal("there"u8, answer);
    }

    [Fact]
    public async Task The_limits_of_the_stack_hold()
    {
        await using var application = await MemoryApplication.StartAsync(
            Listen, app => app.MapGet("/", () => "here"), options => options.MaximumConnections = 1);
        var first = await application.ConnectAsync(80, Patience.Token());
        var second = application.ConnectAsync(80, Patience.Token());
        var patience = Patience.Token();
        while (!(await application.Stack.GetStatisticsAsync(patience)).Dropped.ContainsKey("TooManyConnections"))
            await Task.Yield();
        Assert.False(second.IsCompleted);
        await first.DisposeAsync();
        await (await second).DisposeAsync();
    }

    private static void Listen(WebApplicationBuilder builder) => Listen(builder, _ => { });

    private static void Listen(WebApplicationBuilder builder, Action<ListenOptions> configure) =>
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenActorStack(80, configure));

    /// <summary>Tries to connect until it is refused, because the stop begins at any time.</summary>
    private static async Task<SocketException> RefusedAsync(MemoryApplication application)
    {
        while (true)
        {
            try
            {
                await (await application.ConnectAsync(80, Patience.Token())).DisposeAsync();
            }
            catch (SocketException refused)
            {
                return refused;
            }
        }
    }
}
