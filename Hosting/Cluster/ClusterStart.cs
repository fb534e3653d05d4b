using System.Net;
using System.Net.Sockets;
using ActorStack.Actors;
using ActorStack.Actors.Cluster;
using ActorStack.Hosting.Options;
using ActorStack.Hosting.Telemetry;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using AkkaCluster = Akka.Cluster.Cluster;

namespace ActorStack.Hosting.Cluster;

/// <summary>Makes the actor system a member of its cluster, before the stack starts.</summary>
internal sealed class ClusterStart(ILogger<ClusterStart> logger)
{
    /// <summary>Joins the cluster. Returns null where the options name none.</summary>
    /// <exception cref="StackStartException">The node cannot join.</exception>
    public async Task<AkkaNodeNetwork?> JoinAsync(ActorSystem system, CancellationToken cancellation)
    {
        var stack = HoconSection.OfStack(system.Settings.Config);
        var settings = ClusterSettings.Read(stack);
        if (!settings.IsEnabled) return null;
        var incarnation = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var network = AkkaNodeNetwork.Start(system, new NodeNetworkSettings(NameOf(stack), incarnation)
        {
            Steering = settings.Steering,
            Channel = await FindChannelAsync(settings, cancellation),
            Lease = settings.Lease,
            Heartbeat = settings.Heartbeat,
            Secret = settings.ReadSecret(),
        });
        var self = Join(AkkaCluster.Get(system), settings.Seeds);
        try
        {
            await network.Joined.WaitAsync(settings.JoinLimit, cancellation);
        }
        catch (TimeoutException late)
        {
            throw new StackStartException(
                $"The node {network.Self} at {self.Host}:{self.Port} did not join its cluster within "
                + $"{settings.JoinLimit.TotalSeconds:0} s.",
                "Look whether a seed node runs, whether both nodes reach each other by the addresses that they give, and whether "
                + "both use the same certificates.", late);
        }

        logger.Joined(network.Self, self);
        return network;
    }

    /// <summary>The name of the node, by default that of the machine.</summary>
    public static string NameOf(HoconSection stack) =>
        stack.Read(StackOptionTable.Node) is { Length: > 0 } node ? node : NodeName.OfMachine(Environment.MachineName);

    /// <summary>
    /// Where the node listens for channels. A channel has no TLS, so that there is none where the nodes talk with it.
    /// </summary>
    private static async Task<IPEndPoint?> FindChannelAsync(ClusterSettings settings, CancellationToken cancellation)
    {
        if (settings.Certificate.Length > 0) return null;
        return await FindAddressAsync(settings.Host, cancellation) is { } address
            ? new IPEndPoint(address, settings.ChannelPort)
            : null;
    }

    /// <summary>The address of a host; null where it has none, which Akka.Remote then tells.</summary>
    private static async Task<IPAddress?> FindAddressAsync(string host, CancellationToken cancellation)
    {
        try
        {
            return (await Dns.GetHostAddressesAsync(host, cancellation)).FirstOrDefault();
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static Address Join(AkkaCluster cluster, IReadOnlyList<NodeAddress> seeds)
    {
        var self = cluster.SelfAddress;
        if (seeds.Count == 0) cluster.Join(self);
        else cluster.JoinSeedNodes(seeds.Select(seed => self.WithHost(seed.Host).WithPort(seed.Port)));
        return self;
    }
}
