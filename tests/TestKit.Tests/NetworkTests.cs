using System.Text;
using ActorStack.Actors.Migration;
using ActorStack.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace ActorStack.TestKit.Tests;

/// <summary>Nodes, real peers and moves.</summary>
public sealed class NetworkTests(ITestOutputHelper output) : StackTestKit(output)
{
    private const int Port = 7;

    [Fact]
    public Task A_connection_moves_between_nodes_and_engines_without_a_retransmission() => RunAsync(async network =>
    {
        var (a, b) = (await AddEchoAsync(network, "a"), await AddEchoAsync(network, "b"));
        await using var peer = await network.ConnectAsync(Port);
        await EchoAsync(network, peer, 10_000);

        Assert.Equal(("software", "node b"), Way(await network.HandoffAsync(peer, to: b)));
        Assert.Same(b, await network.FindAsync(peer));
        await EchoAsync(network, peer, 10_000);
        Assert.Equal(("software", "toe"), Way(await network.OffloadAsync(peer)));
        await EchoAsync(network, peer, 10_000);
        Assert.Equal(("toe", "software"), Way(await network.UploadAsync(peer)));
        await network.HandoffAsync(peer, to: a);
        await EchoAsync(network, peer, 10_000);
        await peer.CompleteAsync();
        await peer.ExpectEndAsync();

        peer.ExpectNoRetransmission();
        peer.ExpectCleanWire();
        Assert.Equal(40_000, peer.Wire.FromClient.Bytes);
        Assert.Equal(40_000, peer.Wire.FromServer.Bytes);
    });

    [Fact]
    public Task Bytes_arrive_whole_over_a_path_that_loses_reorders_and_doubles() => RunAsync(seeds: 3, test: async network =>
    {
        var (_, b) = (await AddEchoAsync(network, "a"), await AddEchoAsync(network, "b"));
        (network.Loss, network.Reordering, network.Duplication) = (0.05, 0.1, 0.05);
        await using var peer = await network.ConnectAsync(Port);
        await EchoAsync(network, peer, 50_000);
        await network.HandoffAsync(peer, to: b);
        await EchoAsync(network, peer, 50_000);

        peer.ExpectNoReset();
        Assert.True(peer.Wire.FromServer.Retransmissions > 0);
    });

    [Fact]
    public Task A_killed_node_takes_its_connections_with_it_and_a_moved_one_lives() => RunAsync(async network =>
    {
        var (a, b) = (await AddEchoAsync(network, "a"), await AddEchoAsync(network, "b"));
        await AddEchoAsync(network, "c");
        await using var left = await network.ConnectAsync(Port);
        await using var moved = await network.ConnectAsync(Port);
        await EchoAsync(network, left, 100);
        await EchoAsync(network, moved, 100);
        await network.HandoffAsync(moved, to: b);

        network.Kill(a);
        await left.SendAsync("lost");
        await left.ExpectResetAsync(TimeSpan.FromMinutes(5));

        await EchoAsync(network, moved, 1_000);
        moved.ExpectNoReset();
        Assert.Throws<ExpectationException>(left.ExpectNoReset);
        await Assert.ThrowsAsync<InvalidOperationException>(a.ListConnectionsAsync);
    });

    [Fact]
    public Task A_node_that_stops_gives_its_connections_to_the_others() => RunAsync(async network =>
    {
        var (a, b) = (await AddEchoAsync(network, "a"), await AddEchoAsync(network, "b"));
        await using var peer = await network.ConnectAsync(Port);
        await EchoAsync(network, peer, 1_000);

        var stopped = await network.StopAsync(a);

        Assert.Equal((1, 0), (stopped.Moved, stopped.Reset));
        Assert.Same(b, await network.FindAsync(peer));
        await EchoAsync(network, peer, 1_000);
        peer.ExpectNoReset();
    });

    [Fact]
    public Task A_handler_that_cannot_move_stays_and_the_failure_says_why() => RunAsync(async network =>
    {
        await network.AddNodeAsync("a", stack => stack.AddConnectionHandler<FixedHandler>("fixed", Port));
        var b = await network.AddNodeAsync("b", stack => stack.AddConnectionHandler<FixedHandler>("fixed", Port));
        await using var peer = await network.ConnectAsync(Port);

        var failure = await Assert.ThrowsAsync<ExpectationException>(() => network.HandoffAsync(peer, to: b));

        Assert.Contains("The handoff to b", failure.Message, StringComparison.Ordinal);
        Assert.Contains("the application of service 'fixed' cannot leave it", failure.Message, StringComparison.Ordinal);
    });

    [Fact]
    public Task A_handler_moves_its_own_connection() => RunAsync(async network =>
    {
        var a = await network.AddNodeAsync("a", stack => stack.AddConnectionHandler<OffloadingHandler>("offloading", Port));
        await using var peer = await network.ConnectAsync(Port);

        await peer.SendAsync("go");
        await peer.ExpectAsync("toe\n");
        await peer.ExpectEndAsync();

        var stack = a.Services.GetRequiredService<IActorStack>();
        Assert.NotEqual(0, Assert.Single(await stack.ListConnectionsAsync(ended: true, CancellationToken.None)).Migrations);
    });

    [Fact]
    public Task A_port_without_a_service_refuses() => RunAsync(async network =>
    {
        await AddEchoAsync(network, "a");
        await Assert.ThrowsAsync<ExpectationException>(() => network.ConnectAsync(8));
    });

    private static Task<StackNode> AddEchoAsync(StackNetwork network, string name) =>
        network.AddNodeAsync(name, stack => stack.AddConnectionHandler<MovableEchoHandler>("echo", Port));

    private static async Task EchoAsync(StackNetwork network, StackPeer peer, int count)
    {
        var bytes = new byte[count];
        network.Random.NextBytes(bytes);
        await peer.SendAsync(bytes);
        await peer.ExpectAsync(bytes);
    }

    private static (string From, string To) Way(MigrationRecord record) => (record.From, record.To);

    /// <summary>Tells where its connection runs after it has moved it into the engine.</summary>
    private sealed class OffloadingHandler : ConnectionHandler
    {
        public override async Task OnConnectedAsync(ConnectionContext connection)
        {
            var read = await connection.Transport.Input.ReadAsync(connection.ConnectionClosedRequested);
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
            await connection.Features.GetRequiredFeature<IConnectionMigrationFeature>().OffloadAsync("toe");
            await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes($"{connection.RunsOn}\n"));
        }
    }

    private sealed class FixedHandler : ConnectionHandler
    {
        public override Task OnConnectedAsync(ConnectionContext connection) =>
            Task.Delay(Timeout.Infinite, connection.Ended);
    }
}
