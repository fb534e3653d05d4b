using System.Text;
using ActorStack.Transport.Wire;
using Xunit.Abstractions;

namespace ActorStack.TestKit.Tests;

/// <summary>A peer whose segments the test writes.</summary>
public sealed class ScriptedPeerTests(ITestOutputHelper output) : StackTestKit(output)
{
    private const int Port = 7;

    [Fact]
    public Task It_sends_and_acknowledges_by_hand() => RunAsync(async network =>
    {
        var peer = await ConnectAsync(network);

        peer.Send("hello");
        var acknowledged = await peer.ExpectAsync(TcpFlags.Ack);
        var echo = acknowledged.Payload.IsEmpty ? await peer.ExpectAsync(TcpFlags.Ack) : acknowledged;

        Assert.Equal("hello", Encoding.ASCII.GetString(echo.Payload.Span));
        Assert.Equal(1006u, echo.Acknowledgment);
    });

    [Fact]
    public Task What_it_does_not_acknowledge_comes_again_also_from_another_node() => RunAsync(async network =>
    {
        var peer = await ConnectAsync(network);
        var b = await network.AddNodeAsync("b", stack => stack.AddConnectionHandler<MovableEchoHandler>("echo", Port));
        peer.Send("hello");
        await EchoOf(peer);
        await network.HandoffAsync(peer, to: b);

        var again = await EchoOf(peer);

        Assert.Equal("hello", Encoding.ASCII.GetString(again.Payload.Span));
        Assert.True(peer.Wire.FromServer.Retransmissions > 0);
    });

    [Fact]
    public Task Its_shut_window_holds_the_node_back() => RunAsync(async network =>
    {
        var peer = await ConnectAsync(network);
        peer.Window = 0;

        peer.Send("hello");
        await peer.ExpectAsync(TcpFlags.Ack);
        await peer.ExpectNothingAsync(TimeSpan.FromMilliseconds(100));
        peer.Window = 1000;
        peer.Send(TcpFlags.Ack);

        Assert.Equal("hello", Encoding.ASCII.GetString((await EchoOf(peer)).Payload.Span));
    });

    [Fact]
    public Task Its_reset_ends_the_connection() => RunAsync(async network =>
    {
        var peer = await ConnectAsync(network);

        peer.Send(TcpFlags.Rst);

        await network.PassAsync(TimeSpan.FromMilliseconds(10));
        Assert.Empty(await network.Nodes[0].ListConnectionsAsync());
        Assert.Throws<ExpectationException>(peer.ExpectNoReset);
    });

    private static async Task<ScriptedPeer> ConnectAsync(StackNetwork network)
    {
        await network.AddNodeAsync("a", stack => stack.AddConnectionHandler<MovableEchoHandler>("echo", Port));
        var peer = network.AddScriptedPeer(Port);
        await peer.ConnectAsync();
        return peer;
    }

    /// <summary>The next segment with payload.</summary>
    private static async Task<ScriptedSegment> EchoOf(ScriptedPeer peer)
    {
        while (true)
        {
            var segment = await peer.ReceiveAsync();
            if (!segment.Payload.IsEmpty) return segment;
        }
    }
}
