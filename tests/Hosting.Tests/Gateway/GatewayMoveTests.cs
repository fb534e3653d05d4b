using System.Net;
using ActorStack.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace ActorStack.Hosting.Tests.Gateway;

/// <summary>Both connections of a gateway move together, with bytes on their way in both directions.</summary>
public sealed class GatewayMoveTests(ITestOutputHelper output) : StackTestKit(output)
{
    private const int Port = 443;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_transfer_in_both_directions_arrives_whole_over_handoffs_of_one_half(bool isBackend) =>
        RunAsync(seeds: 3, test: async network =>
        {
            var server = await network.ListenAsync(8080);
            var nodes = new[] { "a", "b", "c" };
            var all = new List<StackNode>();
            foreach (var name in nodes) all.Add(await GatewayTests.AddAsync(network, name, server.EndPoint.ToString()));
            network.Loss = 0.005;
            await using var client = await network.ConnectAsync(Port);
            await using var backend = await server.AcceptAsync();
            var (up, down) = (GatewayTests.Pattern(6 << 20), GatewayTests.Pattern(5 << 20));
            var sending = Task.WhenAll(client.SendAsync(up), backend.SendAsync(down));
            var receiving = Task.WhenAll(
                backend.ReceiveAsync(up.Length, TimeSpan.FromMinutes(10)),
                client.ReceiveAsync(down.Length, TimeSpan.FromMinutes(10)));
            for (var i = 1; i <= 6; i++)
            {
                var target = all[i % all.Count];
                await network.HandoffAsync(isBackend ? backend : client, to: target);
                await FollowedAsync(network, target, client, backend);
            }

            await sending;
            var received = await receiving;
            Assert.Equal(up, received[0]);
            Assert.Equal(down, received[1]);
            await client.CompleteAsync();
            await backend.ExpectEndAsync();
            await backend.CompleteAsync();
            await client.ExpectEndAsync();
            client.ExpectNoReset();
            await UntilEmptyAsync(network, all);
        });

    [Fact]
    public Task A_half_closed_pair_moves_and_ends_in_order() => RunAsync(async network =>
    {
        var server = await network.ListenAsync(8080);
        var a = await GatewayTests.AddAsync(network, "a", server.EndPoint.ToString());
        var b = await GatewayTests.AddAsync(network, "b", server.EndPoint.ToString());
        await using var client = await network.ConnectAsync(Port);
        await using var backend = await server.AcceptAsync();
        await client.SendAsync("request");
        await client.CompleteAsync();
        await backend.ExpectAsync("request");
        await backend.ExpectEndAsync();

        foreach (var target in new[] { b, a })
        {
            await network.HandoffAsync(client, target);
            await FollowedAsync(network, target, client, backend);
        }

        await backend.SendAsync("answer");
        await client.ExpectAsync("answer");
        await backend.CompleteAsync();
        await client.ExpectEndAsync();
        client.ExpectNoReset();
    });

    [Fact]
    public Task A_drain_of_a_node_keeps_the_halves_of_each_pair_together() => RunAsync(async network =>
    {
        var server = await network.ListenAsync(8080);
        var nodes = new List<StackNode>();
        foreach (var name in new[] { "a", "b", "c" })
            nodes.Add(await GatewayTests.AddAsync(network, name, server.EndPoint.ToString()));
        var pairs = new List<(StackPeer Client, StackPeer Backend)>();
        for (var i = 0; i < 100; i++) pairs.Add((await network.ConnectAsync(Port), await server.AcceptAsync()));
        await Task.WhenAll(pairs.Select(pair => pair.Client.SendAsync($"before {pair.Client.LocalEndPoint}")));

        var stopped = await network.StopAsync(nodes[0]);
        Assert.Equal((200, 0), (stopped.Moved, stopped.Reset));
        foreach (var (client, backend) in pairs)
        {
            await backend.ExpectAsync($"before {client.LocalEndPoint}");
            await backend.SendAsync("after");
            await client.ExpectAsync("after");
            client.ExpectNoReset();
        }

        Assert.All(nodes.Skip(1), node => Assert.InRange(GatewayTests.GatewayOf(node).Limits.Count, 30, 70));
    });

    [Fact]
    public Task A_client_that_leaves_before_it_has_a_backend_gets_one_at_the_other_node() => RunAsync(async network =>
    {
        var server = await network.ListenAsync(8080);
        await GatewayTests.AddAsync(network, "a", "10.1.0.77:1"); // nobody answers
        var b = await GatewayTests.AddAsync(network, "b", server.EndPoint.ToString());
        await using var client = await network.ConnectAsync(Port);
        await client.SendAsync("hello");
        await network.HandoffAsync(client, to: b);
        await using var backend = await server.AcceptAsync();
        await backend.ExpectAsync("hello");
    });

    [Fact]
    public Task Halves_that_cannot_come_together_are_reset_after_the_time_limit_and_counted() => RunAsync(async network =>
    {
        var server = await network.ListenAsync(8080);
        var limit = (GatewayOptions options) => { options.PartnerTimeout = TimeSpan.FromSeconds(3); };
        var a = await GatewayTests.AddAsync(network, "a", server.EndPoint.ToString(), limit);
        var b = await GatewayTests.AddAsync(network, "b", server.EndPoint.ToString(), limit);
        await using var client = await network.ConnectAsync(Port);
        await using var backend = await server.AcceptAsync();
        await client.SendAsync("x");
        await backend.ExpectAsync("x");

        // The other node has a connection with the same addresses and ports, so that it does not take this one.
        var half = Assert.Single(await a.ListConnectionsAsync(), one => one.Remote == $"{server.EndPoint}");
        using var over = new CancellationTokenSource();
        var other = b.Services.GetRequiredService<IActorStack>().ConnectAsync(
            server.EndPoint, new ConnectOptions { Local = IPEndPoint.Parse(half.Local) }, over.Token);
        await network.HandoffAsync(client, to: b);

        await client.ExpectResetAsync();
        await backend.ExpectResetAsync();
        foreach (var node in new[] { a, b })
            Assert.Equal(1, GatewayTests.GatewayOf(node).Counters.Refused[GatewayRefusal.PartnerLost]);
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => other);
    });

    private static async Task FollowedAsync(StackNetwork network, StackNode target, StackPeer client, StackPeer backend)
    {
        Assert.Equal(target, await network.FindAsync(client));
        while (await network.FindAsync(backend) != target) await network.PassAsync(TimeSpan.FromMilliseconds(50));
    }

    private static async Task UntilEmptyAsync(StackNetwork network, List<StackNode> nodes)
    {
        await network.UntilAsync(
            () => nodes.All(node => GatewayTests.GatewayOf(node).Limits.Count == 0), "the end of the pair at every node");
        Assert.All(nodes, node => Assert.Empty(GatewayTests.GatewayOf(node).Pairs.Relays));
        Assert.All(nodes, node => Assert.Equal(0, GatewayTests.GatewayOf(node).Backends.Backends[0].Connections));
    }
}
