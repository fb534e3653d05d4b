using ActorStack.Actors.Migration.Handoff;
using ActorStack.Actors.Tests.Support.Cluster;
using ActorStack.Tests.Common;
using Akka.Actor;
using Akka.Remote;
using Akka.Remote.Transport;

namespace ActorStack.Actors.Tests.Cluster;

/// <summary>
/// A partition of real members, over the test transport of Akka.Remote and its failure injector. What must hold at any speed of
/// the machine is the order: a node is removed for the others when it has no lease any more.
/// </summary>
public sealed class PartitionTests : IAsyncLifetime
{
    private static int _registries;

    private readonly List<ClusterSystem> _nodes = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
    }

    [Fact]
    public async Task The_minority_loses_its_lease_before_the_others_hear_of_its_removal()
    {
        await StartAsync(stableAfter: "3s", "a", "b", "c");
        var lost = _nodes[2];
        await UntilAsync(() => _nodes.TrueForAll(node => node.Network.MayEmit));
        await CutAsync(lost);
        Assert.Equal("c", (await _nodes[0].Observer.RemovedAsync()).Name);
        Assert.False(lost.Network.MayEmit);
        Assert.Equal("c", (await _nodes[1].Observer.RemovedAsync()).Name);
        Assert.False(lost.Network.MayEmit);
        await UntilAsync(() => _nodes[0].Network.MayEmit && _nodes[1].Network.MayEmit);
        Assert.Equal(["a", "b"], _nodes[0].Network.Nodes.Select(node => node.Name).Order());
    }

    [Fact]
    public async Task A_short_cut_takes_the_lease_and_gives_it_back()
    {
        await StartAsync(stableAfter: "120s", "a", "b", "c");
        await UntilAsync(() => _nodes.TrueForAll(node => node.Network.MayEmit));
        await CutAsync(_nodes[2]);
        await UntilAsync(() => !_nodes[2].Network.MayEmit);
        await HealAsync(_nodes[2]);
        await UntilAsync(() => _nodes[2].Network.MayEmit);
        Assert.False(_nodes[0].Observer.HasRemoved);
        _nodes[2].Network.Send("a", new HandoffMessage.Prepared("c-1-1", 1));
        Assert.Equal("c", (await _nodes[0].Observer.MessageAsync()).Node);
    }

    private Task StartAsync(string stableAfter, params string[] names)
    {
        var registry = $"partition-{Interlocked.Increment(ref _registries)}";
        for (var i = 0; i < names.Length; i++)
        {
            _nodes.Add(ClusterSystem.Create(
                names[i], TestTransport(registry, i, stableAfter),
                settings => settings with { Lease = TimeSpan.FromSeconds(2) }));
        }

        return ClusterSystem.FormAsync(_nodes);
    }

    private static string TestTransport(string registry, int number, string stableAfter) => $$"""
        akka.remote.enabled-transports = ["akka.remote.test"]
        akka.remote.test {
          transport-class = "Akka.Remote.Transport.TestTransport, Akka.Remote"
          applied-adapters = ["trttl"]
          registry-key = "{{registry}}"
          local-address = "test://actorstack@node-{{number}}:1"
          maximum-payload-bytes = 128000b
          scheme-identifier = test
        }
        akka.cluster.failure-detector.acceptable-heartbeat-pause = 6s
        akka.cluster.split-brain-resolver.stable-after = {{stableAfter}}
        """;

    private Task CutAsync(ClusterSystem node) => ThrottleAsync(node, Blackhole.Instance);

    private Task HealAsync(ClusterSystem node) => ThrottleAsync(node, Unthrottled.Instance);

    /// <summary>Throttles both directions between a node and all others, at both ends.</summary>
    private async Task ThrottleAsync(ClusterSystem node, ThrottleMode mode)
    {
        foreach (var other in _nodes.Where(other => other != node))
        {
            Assert.True(await CommandAsync(node, other, mode));
            Assert.True(await CommandAsync(other, node, mode));
        }
    }

    private static Task<bool> CommandAsync(ClusterSystem at, ClusterSystem other, ThrottleMode mode)
    {
        var transport = ((RemoteActorRefProvider)((ExtendedActorSystem)at.System).Provider).Transport;
        var command = new SetThrottle(other.Address, ThrottleTransportAdapter.Direction.Both, mode);
        return transport.ManagementCommand(command, Patience.Token());
    }

    /// <summary>Waits for what no call reports.</summary>
    private static async Task UntilAsync(Func<bool> condition)
    {
        var limit = Patience.Token();
        while (!condition()) await Task.Delay(TimeSpan.FromMilliseconds(10), limit);
    }
}
