using ActorStack.TestKit;
using Xunit.Abstractions;

namespace Company.Service.Tests;

/// <summary>Runs the handler at two nodes in memory, in virtual time, over a path that loses packets.</summary>
public sealed class LineHandlerTests(ITestOutputHelper output) : StackTestKit(output)
{
    private const int Port = 7000;

    [Fact]
    public Task The_numbers_of_the_lines_go_on_over_moves() => RunAsync(seeds: 10, test: async network =>
    {
        var a = await network.AddNodeAsync("a", stack => stack.AddConnectionHandler<LineHandler>("lines", Port));
        var b = await network.AddNodeAsync("b", stack => stack.AddConnectionHandler<LineHandler>("lines", Port));
        network.Loss = 0.02;
        await using var peer = await network.ConnectAsync(Port);

        await peer.SendAsync("one\n");
        await peer.ExpectAsync("1 one\n");
        await network.OffloadAsync(peer);
        await peer.SendAsync("two\n");
        await peer.ExpectAsync("2 two\n");
        await network.UploadAsync(peer);
        await network.HandoffAsync(peer, to: b);
        await peer.SendAsync("three\nfour\n");
        await peer.ExpectAsync("3 three\n4 four\n");
        await network.HandoffAsync(peer, to: a);
        await peer.SendAsync("five\n");
        await peer.ExpectAsync("5 five\n");

        peer.ExpectNoReset();
    });
}
