using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using ActorStack.Hosting.Services;
using ActorStack.Hosting.Tests.Support;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace ActorStack.Hosting.Tests;

/// <summary>What handlers and middleware find in the context of a connection.</summary>
public sealed class ConnectionFeatureTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_handler_moves_its_connection_and_sets_its_options_also_where_middleware_wraps_the_context(bool isWrapped)
    {
        await using var host = await StartAsync(connection => connection.Run(async context =>
        {
            if (isWrapped) context = new WrappingContext(context);
            var migration = context.Features.GetRequiredFeature<IConnectionMigrationFeature>();
            context.SocketOptions = context.SocketOptions with { HopLimit = 7 };
            await SendAsync(context, $"{context.RunsOn} {context.SocketOptions.HopLimit}");
            await migration.OffloadAsync("toe");
            await SendAsync(context, $" {context.RunsOn}");
            await migration.UploadAsync();
            var moves = (await migration.GetMigrationsAsync()).Select(one => $"{one.From}-{one.To}");
            await SendAsync(context, $" {context.RunsOn} {string.Join(' ', moves)} {context.State.Length} {context.IsLeaving}");
        }));
        var client = await host.ConnectAsync();
        Assert.Equal("software 7 toe software software-toe toe-software 0 False", await ReadToEndAsync(client.Input));
    }

    [Fact]
    public async Task What_middleware_sets_or_removes_is_what_the_handler_sees()
    {
        using var asks = new CancellationTokenSource();
        await using var host = await StartAsync(connection => connection
            .Use(next => context =>
            {
                var before = context.Features.Count();
                context.Features.Set<IConnectionLifetimeNotificationFeature>(new CloseFeature(asks.Token));
                context.Features.Set<IConnectionMigrationFeature>(null);
                context.Features.Set<IMemoryPoolFeature>(new SharedPool());
                Assert.Equal(before, context.Features.Count());
                Assert.Equal(3, context.Features.Revision);
                return next(context);
            })
            .Run(async context =>
            {
                Assert.Equal(asks.Token, context.ConnectionClosedRequested);
                Assert.Throws<InvalidOperationException>(() => context.RunsOn);
                Assert.Same(MemoryPool<byte>.Shared, context.Features.GetRequiredFeature<IMemoryPoolFeature>().MemoryPool);
                Assert.All(context.Features, feature => Assert.Same(feature.Value, context.Features[feature.Key]));
                Assert.Null(context.Features[typeof(IDisposable)]);
                await SendAsync(context, "seen");
            }));
        Assert.Equal("seen", await ReadToEndAsync((await host.ConnectAsync()).Input));
    }

    [Fact]
    public async Task A_pipe_that_middleware_puts_in_place_is_the_handlers_and_the_connection_ends_though_it_stays_there()
    {
        var seen = new List<string>();
        await using var host = await StartAsync(connection => connection
            .Use(next => async context =>
            {
                var log = new LoggingPipe(context.Transport, seen);
                context.Transport = log;
                Assert.Same(log, context.Features.GetRequiredFeature<IConnectionTransportFeature>().Transport);
                await next(context);
            })
            .UseConnectionHandler<EchoHandler>());
        var client = await host.ConnectAsync();
        await client.Output.WriteAsync("noted"u8.ToArray(), Patience.Token());
        await client.Output.CompleteAsync();
        Assert.Equal("noted", await ReadToEndAsync(client.Input));
        Assert.Equal("noted", string.Concat(seen));
    }

    [Fact]
    public async Task A_handler_that_is_asked_to_close_ends_in_order_though_bytes_are_unread()
    {
        var running = new TaskCompletionSource<ConnectionContext>();
        await using var host = await MemoryHost.StartAsync(stack =>
        {
            stack.AddConnectionHandler<WaitingHandler>("waiting", MemoryHost.Port);
            WaitingHandler.Began = running;
        });
        var client = await host.ConnectAsync();
        await client.Output.WriteAsync("unread"u8.ToArray(), Patience.Token());
        var context = await running.Task.WaitAsync(Patience.Limit);
        context.Features.GetRequiredFeature<IConnectionLifetimeNotificationFeature>().RequestClose();
        Assert.Equal("", await ReadToEndAsync(client.Input)); // a RST would throw
    }

    [Fact]
    public async Task The_peers_FIN_closes_the_input_and_the_end_of_both_directions_ends_the_connection()
    {
        await using var host = await MemoryHost.StartAsync(
            stack => stack.AddConnection("half-closed", MemoryHost.Port, connection => connection.Run(async context =>
            {
                var closed = Cancelled(context.ConnectionClosed);
                var ended = Cancelled(context.Ended);
                await SendAsync(context, "open ");
                await closed;
                await SendAsync(context, $"{ended.IsCompleted} ");
                context.Abort(new ConnectionAbortedException("on purpose"));
                await ended;
            })));
        var client = await host.ConnectAsync();
        var open = await client.Input.ReadAtLeastAsync("open ".Length, Patience.Token());
        client.Input.AdvanceTo(open.Buffer.End);
        await client.Output.CompleteAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => ReadToEndAsync(client.Input));
        var patience = Patience.Token();
        var listed = "";
        while (listed.Length == 0)
            listed = Assert.Single(await host.Stack.ListConnectionsAsync(ended: true, patience)).Ended ?? "";
        Assert.Contains("on purpose", listed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_of_the_stack_serves_a_connection_of_another_transport()
    {
        var (input, output) = (new Pipe(), new Pipe());
        var other = new DefaultConnectionContext(
            "other", new Duplex(input.Reader, output.Writer), new Duplex(output.Reader, input.Writer));
        var serving = new EchoHandler().OnConnectedAsync(other);
        await input.Writer.WriteAsync("over there"u8.ToArray(), Patience.Token());
        await input.Writer.CompleteAsync();
        await serving.WaitAsync(Patience.Limit);
        await output.Writer.CompleteAsync();
        Assert.Equal("over there", await ReadToEndAsync(output.Reader));
        Assert.False(other.IsLeaving);
        Assert.True(other.State.IsEmpty);
        Assert.Equal(CancellationToken.None, other.Leaving);
        Assert.Equal(CancellationToken.None, other.ConnectionClosedRequested);
        Assert.Throws<InvalidOperationException>(() => other.Leave());
    }

    private static Task<MemoryHost> StartAsync(Action<IConnectionBuilder> configure) =>
        MemoryHost.StartAsync(stack => stack.AddConnection("piped", MemoryHost.Port, configure));

    private static async Task SendAsync(ConnectionContext context, string text) =>
        await context.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes(text), Patience.Token());

    private static async Task<string> ReadToEndAsync(PipeReader input)
    {
        using var bytes = new MemoryStream();
        await input.CopyToAsync(bytes, Patience.Token());
        return Encoding.ASCII.GetString(bytes.ToArray());
    }

    private static async Task Cancelled(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.Register(cancelled.SetResult);
        await cancelled.Task.WaitAsync(Patience.Token());
    }

    private sealed class WaitingHandler : ConnectionHandler
    {
        public static TaskCompletionSource<ConnectionContext> Began { get; set; } = new();

        public override async Task OnConnectedAsync(ConnectionContext connection)
        {
            var read = await connection.Transport.Input.ReadAsync(Patience.Token());
            connection.Transport.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            Began.SetResult(connection);
            await connection.Transport.Input.ReadAsync(connection.ConnectionClosedRequested);
        }
    }

    private sealed class CloseFeature(CancellationToken asked) : IConnectionLifetimeNotificationFeature
    {
        public CancellationToken ConnectionClosedRequested { get; set; } = asked;

        public void RequestClose()
        {
        }
    }

    private sealed class SharedPool : IMemoryPoolFeature
    {
        public MemoryPool<byte> MemoryPool => MemoryPool<byte>.Shared;
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Notes what is read.</summary>
    private sealed class LoggingPipe(IDuplexPipe below, List<string> seen) : PipeReader, IDuplexPipe
    {
        public PipeReader Input => this;

        public PipeWriter Output => below.Output;

        public override void AdvanceTo(SequencePosition consumed) => below.Input.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
            below.Input.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => below.Input.CancelPendingRead();

        public override void Complete(Exception? exception = null) => below.Input.Complete(exception);

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            var read = await below.Input.ReadAsync(cancellationToken);
            seen.Add(Encoding.ASCII.GetString(read.Buffer));
            return read;
        }

        public override bool TryRead(out ReadResult result) => below.Input.TryRead(out result);
    }
}
