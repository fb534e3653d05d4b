using System.Net;
using System.Net.Sockets;
using ActorStack.Actors.Cluster;
using ActorStack.Actors.Cluster.Channel;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.Actors.Tests.Support.Cluster;
using ActorStack.Tests.Common;

namespace ActorStack.Actors.Tests.Cluster;

/// <summary>The channels that carry messages past Akka.Remote, between nodes with actor systems of their own.</summary>
public sealed class ChannelTests : IAsyncLifetime
{
    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private readonly List<ClusterSystem> _nodes = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
    }

    [Fact]
    public async Task Messages_go_by_the_channel_both_ways_and_in_order()
    {
        await StartAsync(port: 0);
        await AwaitChannelsAsync();
        foreach (var (from, to) in ((ClusterSystem, ClusterSystem)[])[(_nodes[0], _nodes[1]), (_nodes[1], _nodes[0])])
        {
            for (var epoch = 0; epoch < 1_000; epoch++)
                from.Network.Send(to.Network.Self, new HandoffMessage.Chunk("a-1-1", epoch, new byte[epoch * 50]));
            for (var epoch = 0; epoch < 1_000; epoch++)
            {
                var (node, message) = await to.Observer.MessageAsync();
                Assert.Equal((from.Network.Self, epoch), (node, Assert.IsType<HandoffMessage.Chunk>(message).Epoch));
            }
        }
    }

    [Fact]
    public async Task A_channel_that_breaks_is_replaced()
    {
        await StartAsync(port: 0);
        await AwaitChannelsAsync();
        var broken = _nodes[0].Network.ChannelTo("b")!;
        broken.Dispose();
        while (_nodes[0].Network.ChannelTo("b") is not { IsOpen: true }) await Task.Yield();
        Assert.NotSame(broken, _nodes[0].Network.ChannelTo("b"));
        await AwaitChannelsAsync();
        _nodes[0].Network.Send("b", new HandoffMessage.Released("a-1-1", 1));
        Assert.IsType<HandoffMessage.Released>((await _nodes[1].Observer.MessageAsync()).Message);
    }

    [Fact]
    public async Task Nodes_that_cannot_listen_use_remoting()
    {
        using var occupied = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        occupied.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        occupied.Listen();
        await StartAsync(((IPEndPoint)occupied.LocalEndPoint!).Port);
        _nodes[0].Network.Send("b", new HandoffMessage.Released("a-1-1", 1));
        Assert.IsType<HandoffMessage.Released>((await _nodes[1].Observer.MessageAsync()).Message);
        Assert.Null(_nodes[0].Network.ChannelTo("b"));
    }

    [Fact]
    public async Task The_dialer_and_the_listener_prove_that_they_know_the_secret()
    {
        var (_, accepted) = await ShakeAsync(Secret, "a", "b", (listener, port) => DialAsync(port, Secret, "a", "b"));
        Assert.Equal("a", accepted);
    }

    [Fact]
    public async Task A_dialer_without_the_secret_is_refused_and_refuses_itself()
    {
        var (refusal, accepted) = await ShakeAsync(Secret, "a", "b", async (_, port) =>
        {
            var error = await Assert.ThrowsAsync<NodeNetworkException>(() => DialAsync(port, new byte[32], "a", "b"));
            Assert.Contains("does not know the secret", error.Message);
        });
        Assert.Null(accepted);
        Assert.NotNull(refusal);
    }

    [Fact]
    public async Task A_proof_that_is_sent_back_to_its_owner_is_refused()
    {
        var (refusal, accepted) = await ShakeAsync(Secret, "a", "b", async (_, port) =>
        {
            using var socket = Connect(port);
            await socket.SendAsync((byte[])[.. "AStack/1"u8, .. new byte[32], 1, (byte)'a', 1, (byte)'b']);
            var answer = new byte[64];
            for (var read = 0; read < 64;) read += await socket.ReceiveAsync(answer.AsMemory(read));
            await socket.SendAsync(answer.AsMemory(32));
            Assert.Equal(0, await socket.ReceiveAsync(answer));
        });
        Assert.Null(accepted);
        Assert.Contains("does not know the secret of the cluster", refusal!.Message);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: node.example.net\r\n\r\n")]
    [InlineData("AStack/2 of a later build, which this one does not speak")]
    public async Task A_program_that_is_no_node_is_refused(string bytes)
    {
        var (refusal, accepted) = await ShakeAsync(Secret, "a", "b", async (_, port) =>
        {
            using var socket = Connect(port);
            await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(bytes));
            await Assert.ThrowsAnyAsync<Exception>(async () =>
            {
                if (await socket.ReceiveAsync(new byte[1]) == 0) throw new EndOfStreamException();
            });
        });
        Assert.Null(accepted);
        Assert.Contains("it speaks another protocol", refusal!.Message);
    }

    [Fact]
    public async Task A_dialer_that_looks_for_another_node_is_refused()
    {
        var (refusal, accepted) = await ShakeAsync(Secret, "a", "b", async (_, port) =>
            await Assert.ThrowsAsync<SocketException>(() => DialAsync(port, Secret, "a", "c")));
        Assert.Null(accepted);
        Assert.Contains("it looks for another node", refusal!.Message);
    }

    [Fact]
    public async Task A_program_that_says_nothing_does_not_keep_others_out()
    {
        var (_, accepted) = await ShakeAsync(Secret, "a", "b", async (_, port) =>
        {
            var silent = Enumerable.Range(0, 16).Select(_ => Connect(port)).ToList();
            using var node = await DialPatientlyAsync(port);
            foreach (var socket in silent) socket.Dispose();
        });
        Assert.Equal("a", accepted);
    }

    /// <summary>Dials again, as a node does at each heartbeat, until the listener has refused the silent ones.</summary>
    private static async Task<Socket> DialPatientlyAsync(int port)
    {
        while (true)
        {
            var socket = Connect(port);
            try
            {
                await ChannelHandshake.DialAsync(socket, Secret, "a", "b", Patience.Token());
                return socket;
            }
            catch (SocketException)
            {
                socket.Dispose();
            }
        }
    }

    /// <summary>What a listener saw: the last refusal, and the name of the node that it accepted.</summary>
    private static async Task<(Exception? Refusal, string? Accepted)> ShakeAsync(
        byte[] secret, string dialer, string self, Func<ChannelListener, int, Task> dial)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Exception? refusal = null;
        string? accepted = null;
        using var listener = new ChannelListener(
            IPAddress.Loopback, 0, self, () => secret,
            (name, socket) =>
            {
                Assert.Equal(dialer, name);
                accepted = name;
                socket.Dispose();
                seen.TrySetResult();
            },
            (_, error) =>
            {
                if (error is not NodeNetworkException && accepted is null && error is OperationCanceledException) return;
                refusal = error;
                seen.TrySetResult();
            });
        await dial(listener, listener.Port);
        await seen.Task.WaitAsync(Patience.Limit);
        return (refusal, accepted);
    }

    private static async Task DialAsync(int port, byte[] secret, string self, string peer)
    {
        using var socket = Connect(port);
        await ChannelHandshake.DialAsync(socket, secret, self, peer, Patience.Token());
    }

    private static Socket Connect(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPAddress.Loopback, port);
        return socket;
    }

    private async Task StartAsync(int port)
    {
        foreach (var name in (string[])["a", "b"])
        {
            _nodes.Add(ClusterSystem.Create(
                name, adapt: settings => settings with { Channel = new IPEndPoint(IPAddress.Loopback, port) }));
        }

        await ClusterSystem.FormAsync(_nodes);
    }

    private async Task AwaitChannelsAsync()
    {
        var limit = Patience.Token();
        while (_nodes[0].Network.ChannelTo("b") is not { IsOpen: true }
            || _nodes[1].Network.ChannelTo("a") is not { IsOpen: true })
        {
            limit.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
