using ActorStack.Actors.Cluster;
using ActorStack.Tests.Common;
using Akka.Actor;
using Akka.Configuration;
using AkkaCluster = Akka.Cluster.Cluster;

namespace ActorStack.Actors.Tests.Support.Cluster;

/// <summary>A node with an actor system of its own, over Akka.Remote on the loopback address or the test transport.</summary>
internal sealed class ClusterSystem : IAsyncDisposable
{
    private const string SystemName = "actorstack";

    /// <summary>Quick where nothing fails, and patient: a busy machine must not part the cluster.</summary>
    private static readonly Config Patient = ConfigurationFactory.ParseString("""
        akka.loglevel = WARNING
        akka.actor.provider = cluster
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        akka.cluster {
          downing-provider-class = "Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster"
          gossip-interval = 100ms
          leader-actions-interval = 100ms
          failure-detector { heartbeat-interval = 200ms, acceptable-heartbeat-pause = 120s }
          split-brain-resolver { active-strategy = keep-majority, stable-after = 120s }
        }
        akka.coordinated-shutdown.exit-clr = off
        """);

    private ClusterSystem(ActorSystem system, NodeNetworkSettings settings)
    {
        System = system;
        Network = AkkaNodeNetwork.Start(system, settings);
        Network.Attach(Observer);
    }

    public ActorSystem System { get; }

    public AkkaNodeNetwork Network { get; }

    public ClusterObserver Observer { get; } = new();

    public Address Address => AkkaCluster.Get(System).SelfAddress;

    public static ClusterSystem Create(
        string name, string overrides = "", Func<NodeNetworkSettings, NodeNetworkSettings>? adapt = null)
    {
        var config = ConfigurationFactory.ParseString(overrides).WithFallback(Patient).WithFallback(ActorStackReference.Config);
        var settings = new NodeNetworkSettings(name, 1) { Lease = TimeSpan.FromSeconds(60) };
        var system = ActorSystem.Create(SystemName, config);
        try
        {
            return new ClusterSystem(system, adapt?.Invoke(settings) ?? settings);
        }
        catch
        {
            system.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Starts the nodes one after another, the first as the seed of the others, and waits until each knows all.
    /// </summary>
    public static async Task<IReadOnlyList<ClusterSystem>> StartAsync(params string[] names)
    {
        var nodes = names.Select(name => Create(name)).ToList();
        await FormAsync(nodes);
        return nodes;
    }

    public static async Task FormAsync(IReadOnlyList<ClusterSystem> nodes)
    {
        foreach (var node in nodes)
        {
            AkkaCluster.Get(node.System).Join(nodes[0].Address);
            await node.Network.Joined.WaitAsync(Patience.Limit);
        }

        foreach (var node in nodes)
        {
            for (var i = 1; i < nodes.Count; i++) await node.Observer.JoinedAsync();
        }
    }

    public Task LeaveAsync() => CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ClrExitReason.Instance);

    public async ValueTask DisposeAsync() => await System.Terminate();
}
