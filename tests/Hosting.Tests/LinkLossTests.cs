using ActorStack.Hosting.Tests.Support;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ActorStack.Hosting.Tests;

/// <summary>A stack in an application's own host whose link is lost for good.</summary>
public sealed class LinkLossTests
{
    [Fact]
    public async Task The_application_ends_with_an_exception_that_says_why_and_its_handlers_hear_of_it()
    {
        MortalLink? link = null;
        var handler = new Listening();
        await using var host = await MemoryHost.StartAsync(
            stack =>
            {
                stack.Services.AddSingleton(handler);
                stack.AddConnectionHandler<ListeningHandler>("listening", MemoryHost.Port);
            },
            wrap: wire => link = new MortalLink(wire));
        await host.ConnectAsync();
        await handler.Began.Task.WaitAsync(Patience.Token());
        var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

        link!.Die();

        var heard = await Assert.ThrowsAnyAsync<Exception>(() => handler.Ended.Task.WaitAsync(Patience.Token()));
        Assert.Contains(MortalLink.LastWords, heard.Message);
        var failure = await Assert.ThrowsAsync<StackFailedException>(host.WaitForShutdownAsync);
        Assert.Equal(MortalLink.LastWords, failure.Message);
        Assert.True(stopping.IsCancellationRequested);
    }

    [Fact]
    public async Task Until_the_host_stops_the_stack_answers_and_says_that_the_link_is_lost()
    {
        MortalLink? link = null;
        await using var host = await MemoryHost.StartAsync(
            stack => stack.AddConnectionHandler<Services.EchoHandler>("echo", MemoryHost.Port),
            wrap: wire => link = new MortalLink(wire));
        await host.ConnectAsync();
        var id = Assert.Single(await host.Stack.ListConnectionsAsync(ended: false, Patience.Token())).Id;
        var stop = new TaskCompletionSource();
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => stop.Task.Wait());

        link!.Die();
        var patience = Patience.Token();
        while ((await host.Stack.ListConnectionsAsync(ended: true, patience))
            .Single(connection => connection.Id == id).Ended is null)
        {
            await Task.Yield();
        }

        var refused = await Assert.ThrowsAsync<ActorStackException>(() => host.Stack.OffloadAsync(id, "toe", patience));
        Assert.Equal(MortalLink.LastWords, refused.Message);
        Assert.Equal(0, (await host.Stack.GetStatisticsAsync(patience)).Connections);
        stop.SetResult();
        await Assert.ThrowsAsync<StackFailedException>(host.WaitForShutdownAsync);
    }

    private sealed class Listening
    {
        public TaskCompletionSource Began { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class ListeningHandler(Listening listening) : ConnectionHandler
    {
        public override async Task OnConnectedAsync(ConnectionContext connection)
        {
            listening.Began.SetResult();
            try
            {
                await connection.Transport.Input.ReadAsync(CancellationToken.None);
                listening.Ended.SetResult();
            }
            catch (Exception error)
            {
                listening.Ended.SetException(error);
                throw;
            }
        }
    }
}
