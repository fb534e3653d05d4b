using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorStack.Actors;
using ActorStack.AspNetCore.Tests.Support;
using ActorStack.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace ActorStack.AspNetCore.Tests;

/// <summary>Connections of the stack before what is written for Microsoft.AspNetCore.Connections, without HTTP.</summary>
public sealed class ConnectionPipelineTests
{
    private const int Port = 7;

    [Fact]
    public async Task A_stock_handler_behind_middleware_serves_a_port_of_the_stack()
    {
        await using var application = await StartAsync(connection => connection
            .Use(next => async context =>
            {
                context.Items["greeting"] = "good day ";
                await next(context);
            })
            .UseConnectionHandler<GreetingHandler>());
        await using var client = await application.ConnectAsync(Port, Patience.Token());
        await client.Transport.AsStream().WriteAsync("Ada"u8.ToArray(), Patience.Token());
        await client.Transport.Output.CompleteAsync();
        Assert.Equal("good day Ada", await ReadToEndAsync(client));
    }

    [Fact]
    public async Task A_delegate_that_throws_resets_its_connection()
    {
        await using var application = await StartAsync(
            connection => connection.Run(_ => throw new InvalidOperationException("a fault")));
        await using var client = await application.ConnectAsync(Port, Patience.Token());
        var lost = await Assert.ThrowsAsync<SocketException>(() => ReadToEndAsync(client));
        Assert.Equal(SocketError.ConnectionReset, lost.SocketErrorCode);
    }

    [Fact]
    public async Task A_stop_asks_the_delegate_to_end()
    {
        await using var application = await StartAsync(connection => connection.Run(async context =>
        {
            var closing = context.Features.GetRequiredFeature<IConnectionLifetimeNotificationFeature>();
            var asked = new TaskCompletionSource();
            closing.ConnectionClosedRequested.Register(asked.SetResult);
            await context.Transport.Output.WriteAsync("hello, "u8.ToArray());
            await asked.Task;
            await context.Transport.Output.WriteAsync("farewell"u8.ToArray());
        }));
        await using var client = await application.ConnectAsync(Port, Patience.Token());
        var hello = new byte["hello, ".Length];
        await client.Transport.AsStream().ReadExactlyAsync(hello, Patience.Token());
        var stopping = application.StopAsync();
        Assert.Equal("farewell", await ReadToEndAsync(client));
        await client.DisposeAsync();
        await stopping;
    }

    [Fact]
    public async Task A_connection_is_opened_and_accepted_by_the_application_itself()
    {
        await using var application = await StartAsync(connection => connection.Run(_ => Task.CompletedTask));
        await using var listener = await application.Client.ListenAsync(
            "callback", new IPEndPoint(IPAddress.Any, 0), options: null, Patience.Token());
        var remote = new IPEndPoint(IPAddress.Parse(MemoryApplication.ClientAddress), listener.EndPoint.Port);
        var factory = application.Services.GetRequiredService<IConnectionFactory>();

        await using (var opened = await factory.ConnectAsync(remote, Patience.Token()))
        {
            await opened.Transport.Output.WriteAsync("it is me"u8.ToArray(), Patience.Token());
            Assert.Equal("software", opened.Features.GetRequiredFeature<IConnectionMigrationFeature>().RunsOn);
        }

        await using (var accepted = await ((IConnectionListener)listener).AcceptAsync(Patience.Token()))
        {
            Assert.Equal("it is me", await ReadToEndAsync(accepted!));
            Assert.Equal((listener.EndPoint.Port, "software"), (((IPEndPoint)accepted!.LocalEndPoint!).Port, accepted.RunsOn));
            accepted.SocketOptions = accepted.SocketOptions with { HopLimit = 9 };
            Assert.Equal(9, accepted.SocketOptions.HopLimit);
        }

        await listener.UnbindAsync();
        Assert.Null(await listener.AcceptAsync(Patience.Token()));
        var refused = await Assert.ThrowsAsync<SocketException>(() => factory.ConnectAsync(remote, Patience.Token()).AsTask());
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        await Assert.ThrowsAsync<NotSupportedException>(
            () => factory.ConnectAsync(new DnsEndPoint("peer", 80), Patience.Token()).AsTask());
    }

    [Fact]
    public async Task A_listener_that_cannot_be_opened_says_why()
    {
        await using var application = await StartAsync(connection => connection.Run(_ => Task.CompletedTask));
        Assert.Equal(FailureCode.PortInUse, await FailureAsync(IPAddress.Any, Port));
        Assert.Equal(FailureCode.UnknownAddress, await FailureAsync(IPAddress.Parse("10.9.0.77"), 80));
        await application.StopAsync();
        Assert.Equal(FailureCode.Stopping, await FailureAsync(IPAddress.Any, 80));

        async Task<FailureCode> FailureAsync(IPAddress address, int port) => (await Assert.ThrowsAsync<ActorStackException>(
            () => application.Stack.ListenAsync("late", new IPEndPoint(address, port), options: null, Patience.Token()))).Code;
    }

    private static Task<MemoryApplication> StartAsync(Action<IConnectionBuilder> configure) => MemoryApplication.StartAsync(
        builder =>
        {
            builder.Services.AddActorStack().AddConnection("stock", Port, configure);
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenActorStack(80));
        },
        options: options => options.DrainLimit = TimeSpan.FromMinutes(1));

    private static async Task<string> ReadToEndAsync(ConnectionContext connection)
    {
        using var bytes = new MemoryStream();
        await connection.Transport.AsStream().CopyToAsync(bytes, Patience.Token());
        return Encoding.ASCII.GetString(bytes.ToArray());
    }

    private sealed class GreetingHandler : ConnectionHandler
    {
        public override async Task OnConnectedAsync(ConnectionContext connection)
        {
            using var name = new StreamReader(connection.Transport.Input.AsStream());
            var text = $"{connection.Items["greeting"]}{await name.ReadToEndAsync()}";
            await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes(text));
        }
    }
}
