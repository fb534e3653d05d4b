using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using ActorStack.Hosting.Services;
using ActorStack.Hosting.Tests.Support;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace ActorStack.Hosting.Tests;

public sealed class ConnectionHandlerTests
{
    [Fact]
    public async Task A_handler_is_resolved_for_each_connection_in_a_scope_of_its_own_that_ends_with_it()
    {
        var seen = new SeenScopes();
        await using var host = await MemoryHost.StartAsync(stack =>
        {
            stack.Services.AddSingleton(seen);
            stack.Services.AddScoped<Scoped>();
            stack.AddConnectionHandler<ScopedHandler>("scoped", MemoryHost.Port);
        });
        for (var i = 0; i < 2; i++)
        {
            var client = await host.ConnectAsync();
            await client.Output.CompleteAsync();
            Assert.Equal("", await ReadToEndAsync(client.Input));
        }

        await seen.Disposed(2).WaitAsync(Patience.Token());
        Assert.Equal(2, seen.Distinct);
    }

    [Theory]
    [InlineData(false, "class")]
    [InlineData(true, "recipe")]
    public async Task A_handler_that_depends_on_nothing_is_made_for_each_connection_as_the_application_says(
        bool hasRecipe, string expected)
    {
        await using var host = await MemoryHost.StartAsync(stack =>
        {
            stack.AddConnectionHandler<CountingHandler>("counting", MemoryHost.Port);
            if (hasRecipe) stack.Services.AddScoped(_ => new CountingHandler { Origin = "recipe" });
        });
        for (var i = 0; i < 2; i++)
            Assert.Equal($"{expected} 1", await ReadToEndAsync((await host.ConnectAsync()).Input));
    }

    [Fact]
    public async Task A_handler_that_depends_on_nothing_is_disposed_when_its_connection_ends()
    {
        await using var host = await MemoryHost.StartAsync(
            stack => stack.AddConnectionHandler<DisposableHandler>("disposable", MemoryHost.Port));
        Assert.Equal("disposable", await ReadToEndAsync((await host.ConnectAsync()).Input));
        await DisposableHandler.Disposed.Task.WaitAsync(Patience.Token());
    }

    [Fact]
    public async Task A_handler_serves_through_the_stream()
    {
        await using var host = await MemoryHost.StartAsync(
            stack => stack.AddConnectionHandler<UpperCaseHandler>("upper", MemoryHost.Port));
        var client = await host.ConnectAsync();
        await client.Output.WriteAsync("over the stream\n"u8.ToArray(), Patience.Token());
        Assert.Equal("OVER THE STREAM", await ReadToEndAsync(client.Input));
    }

    [Fact]
    public async Task A_handler_that_throws_resets_its_connection()
    {
        await using var host = await MemoryHost.StartAsync(
            stack => stack.AddConnectionHandler<FailingHandler>("failing", MemoryHost.Port));
        var client = await host.ConnectAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => ReadToEndAsync(client.Input));
    }

    [Fact]
    public async Task Echo_sends_back_every_byte_and_then_the_end()
    {
        await using var host = await MemoryHost.StartAsync(
            stack => stack.AddConnectionHandler<EchoHandler>("echo", MemoryHost.Port));
        var client = await host.ConnectAsync();
        var sent = new byte[5_000_000];
        new Random(1).NextBytes(sent);
        var reading = ReadAllAsync(client.Input);
        await client.Output.WriteAsync(sent, Patience.Token());
        await client.Output.CompleteAsync();
        Assert.Equal(sent, await reading);
    }

    [Fact]
    public async Task Discard_answers_nothing()
    {
        await using var host = await MemoryHost.StartAsync(
            stack => stack.AddConnectionHandler<DiscardHandler>("discard", MemoryHost.Port));
        var client = await host.ConnectAsync();
        await client.Output.WriteAsync(new byte[1_000_000], Patience.Token());
        await client.Output.CompleteAsync();
        Assert.Empty(await ReadAllAsync(client.Input));
    }

    [Fact]
    public async Task Chargen_sends_the_lines_of_RFC_864_until_the_peer_closes()
    {
        await using var host = await MemoryHost.StartAsync(
            stack => stack.AddConnectionHandler<ChargenHandler>("chargen", MemoryHost.Port));
        var client = await host.ConnectAsync();
        var read = await client.Input.ReadAtLeastAsync(200_000, Patience.Token());
        var lines = Encoding.ASCII.GetString(read.Buffer.Slice(0, 200_000)).Split("\r\n");
        client.Input.AdvanceTo(read.Buffer.End);
        await client.Output.CompleteAsync();
        await ReadAllAsync(client.Input);

        const string Characters =
            " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";
        for (var i = 0; i < lines.Length - 1; i++)
            Assert.Equal(string.Concat(Enumerable.Range(i, 72).Select(at => Characters[at % Characters.Length])), lines[i]);
    }

    [Fact]
    public async Task A_stop_asks_the_handlers_to_end_and_waits_for_them()
    {
        await using var host = await MemoryHost.StartAsync(
            stack => stack.AddConnectionHandler<FarewellHandler>("farewell", MemoryHost.Port),
            options => options.DrainLimit = TimeSpan.FromMinutes(1));
        var client = await host.ConnectAsync();
        var reading = ReadToEndAsync(client.Input);
        var stopping = host.StopAsync();
        Assert.Equal("farewell", await reading);
        await client.Output.CompleteAsync();
        await stopping;
    }

    private static async Task<string> ReadToEndAsync(PipeReader input) => Encoding.ASCII.GetString(await ReadAllAsync(input));

    private static async Task<byte[]> ReadAllAsync(PipeReader input)
    {
        using var bytes = new MemoryStream();
        await input.CopyToAsync(bytes, Patience.Token());
        return bytes.ToArray();
    }

    private sealed class SeenScopes
    {
        private readonly SemaphoreSlim _disposed = new(0);
        private readonly HashSet<Scoped> _seen = [];

        public int Distinct => _seen.Count;

        public void See(Scoped scoped) => _seen.Add(scoped);

        public void NoteDisposed() => _disposed.Release();

        public async Task Disposed(int count)
        {
            for (var i = 0; i < count; i++) await _disposed.WaitAsync();
        }
    }

    private sealed class Scoped(SeenScopes seen) : IDisposable
    {
        public void Dispose() => seen.NoteDisposed();
    }

    private sealed class ScopedHandler(SeenScopes seen, Scoped scoped) : ConnectionHandler
    {
        public override Task OnConnectedAsync(ConnectionContext connection)
        {
            seen.See(scoped);
            return Task.CompletedTask;
        }
    }

    private sealed class CountingHandler : ConnectionHandler
    {
        private int _calls;

        public string Origin { get; init; } = "class";

        public override async Task OnConnectedAsync(ConnectionContext connection)
        {
            var stopping = connection.ConnectionClosedRequested;
            connection.Transport.Output.Write(Encoding.ASCII.GetBytes($"{Origin} {++_calls}"));
            await connection.Transport.Output.FlushAsync(stopping);
        }
    }

    private sealed class DisposableHandler : ConnectionHandler, IDisposable
    {
        public static TaskCompletionSource Disposed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async Task OnConnectedAsync(ConnectionContext connection)
        {
            var stopping = connection.ConnectionClosedRequested;
            connection.Transport.Output.Write("disposable"u8);
            await connection.Transport.Output.FlushAsync(stopping);
        }

        public void Dispose() => Disposed.SetResult();
    }

    private sealed class UpperCaseHandler : ConnectionHandler
    {
        public override async Task OnConnectedAsync(ConnectionContext connection)
        {
            var stopping = connection.ConnectionClosedRequested;
            var stream = connection.Transport.AsStream();
            using var reader = new StreamReader(stream, leaveOpen: true);
            var line = await reader.ReadLineAsync(stopping);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(line!.ToUpperInvariant()), stopping);
        }
    }

    private sealed class FailingHandler : ConnectionHandler
    {
        public override Task OnConnectedAsync(ConnectionContext connection) =>
            throw new InvalidOperationException("on purpose");
    }

    private sealed class FarewellHandler : ConnectionHandler
    {
        public override async Task OnConnectedAsync(ConnectionContext connection)
        {
            var stopping = connection.ConnectionClosedRequested;
            var asked = new TaskCompletionSource();
            await using var registration = stopping.Register(asked.SetResult);
            await asked.Task;
            connection.Transport.Output.Write("farewell"u8);
            await connection.Transport.Output.FlushAsync(CancellationToken.None);
        }
    }
}
