using ActorStack.TestKit;
using Microsoft.AspNetCore.Connections;
using Xunit.Abstractions;

namespace ActorStack.Samples.TestKit;

public sealed class TallyTests(ITestOutputHelper output) : StackTestKit(output)
{
    private const int Port = 7;

    [Fact]
    public Task A_tally_goes_on_wherever_the_connection_goes() => RunAsync(seeds: 10, test: Tally<TallyHandler>);

    [Fact]
    public async Task The_test_finds_the_handler_that_forgets_its_sum()
    {
        var failure = await Assert.ThrowsAsync<StackTestException>(() => RunAsync(seeds: 10, test: Tally<ForgetfulTallyHandler>));

        // The sum of 1 to 10 is 55; after the move the forgetful handler begins at 0 again, and 11 is all that it has.
        Assert.Contains("\"66\\n\" was expected", failure.Message, StringComparison.Ordinal);
        Assert.Contains("\"11\\n\" came", failure.Message, StringComparison.Ordinal);
        Assert.Contains("ACTORSTACK_SEED=1", failure.Message, StringComparison.Ordinal);
        File.Delete(failure.Capture);
    }

    /// <summary>Sends the numbers from 1 to 40. The path loses packets, and the connection moves four times.</summary>
    private static async Task Tally<THandler>(StackNetwork network)
        where THandler : ConnectionHandler
    {
        var a = await network.AddNodeAsync("a", stack => stack.AddConnectionHandler<THandler>("tally", Port));
        var b = await network.AddNodeAsync("b", stack => stack.AddConnectionHandler<THandler>("tally", Port));
        network.Loss = 0.02;
        network.Reordering = 0.02;
        await using var peer = await network.ConnectAsync(Port);
        var sum = 0;

        await AddAsync(1, 10);
        await network.HandoffAsync(peer, to: b);
        await AddAsync(11, 20);
        await network.OffloadAsync(peer);
        await AddAsync(21, 30);
        await network.UploadAsync(peer);
        await network.HandoffAsync(peer, to: a);
        await AddAsync(31, 40);

        peer.ExpectNoReset();

        async Task AddAsync(int from, int to)
        {
            for (var number = from; number <= to; number++)
            {
                await peer.SendAsync($"{number}\n");
                await peer.ExpectAsync($"{sum += number}\n");
            }
        }
    }
}
