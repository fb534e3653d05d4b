using Microsoft.AspNetCore.Connections;
using Xunit.Abstractions;

namespace ActorStack.TestKit.Tests;

/// <summary>The text of a failure, and how its seed is run again.</summary>
public sealed class FailureTests(ITestOutputHelper output) : StackTestKit(output)
{
    private const int Port = 7;

    [Fact]
    public async Task A_failure_tells_its_seed_and_how_to_run_it_again()
    {
        var failure = await FailAsync(
            seeds: 5,
            network => network.Seed == 3 ? throw new InvalidOperationException("third") : Task.CompletedTask);

        Assert.Equal(3, failure.Seed);
        Assert.Equal("third", failure.InnerException?.Message);
        Assert.Contains(
            "ACTORSTACK_SEED=3 dotnet test --filter FullyQualifiedName~FailureTests.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_shows_the_bytes_that_came_what_happened_and_where_the_capture_is()
    {
        var failure = await FailAsync(seeds: 1, async network =>
        {
            await network.AddNodeAsync("a", stack => stack.AddConnectionHandler<MovableEchoHandler>("echo", Port));
            await using var peer = await network.ConnectAsync(Port);
            await peer.SendAsync("good morning");
            await peer.ExpectAsync("good evening");
        });

        Assert.Contains("byte 5 differs", failure.Message, StringComparison.Ordinal);
        Assert.Contains("node a starts", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"The packets are in {failure.Capture}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_tells_what_a_handler_threw()
    {
        var failure = await FailAsync(seeds: 1, async network =>
        {
            await network.AddNodeAsync("a", stack => stack.AddConnectionHandler<FailingHandler>("failing", Port));
            await using var peer = await network.ConnectAsync(Port);
            await peer.ExpectEndAsync();
        });

        Assert.IsType<ExpectationException>(failure.InnerException);
        Assert.Contains("the handler of failing at node a failed", failure.Message, StringComparison.Ordinal);
        Assert.Contains("out of order", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_come_is_waited_for_in_virtual_time()
    {
        var failure = await FailAsync(seeds: 1, async network =>
        {
            await network.AddNodeAsync("a", stack => stack.AddConnectionHandler<MovableEchoHandler>("echo", Port));
            await using var peer = await network.ConnectAsync(Port);
            await peer.SendAsync("half");
            await peer.ExpectAsync("half and half", TimeSpan.FromMinutes(2));
        });

        Assert.Contains("Waited 120 s of virtual time in vain", failure.Message, StringComparison.Ordinal);
        Assert.Contains("4 bytes, \"half\" came", failure.Message, StringComparison.Ordinal);
    }

    private async Task<StackTestException> FailAsync(int seeds, Func<StackNetwork, Task> test)
    {
        var failure = await Assert.ThrowsAsync<StackTestException>(() => RunAsync(test, seeds));
        Assert.True(File.Exists(failure.Capture));
        File.Delete(failure.Capture);
        return failure;
    }

    private sealed class FailingHandler : ConnectionHandler
    {
        public override Task OnConnectedAsync(ConnectionContext connection) =>
            throw new InvalidOperationException("out of order");
    }
}
