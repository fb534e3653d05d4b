using System.Net;
using ActorStack.Transport.Linux;

namespace ActorStack.Actors.Cluster;

/// <summary>What a node tells the others, and the times by which it knows that they hear it.</summary>
/// <param name="Name">The name of the node, see <see cref="NodeName"/>.</param>
/// <param name="Incarnation">The incarnation of this start, greater than that of each earlier start.</param>
internal sealed record NodeNetworkSettings(string Name, long Incarnation)
{
    /// <summary>As <see cref="ClusterNode.Steering"/>.</summary>
    public string Steering { get; init; } = "";

    /// <summary>
    /// Where this node listens for the channels of others, port 0 for any free one; null: Akka.Remote carries all messages.
    /// </summary>
    public IPEndPoint? Channel { get; init; }

    /// <summary>The length of the emission lease.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The time between two questions to each peer.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The secret of the cluster where it is configured; null: the members agree on one.</summary>
    public byte[]? Secret { get; init; }

    /// <summary>The clock of the lease, which must count the time in which the machine is suspended.</summary>
    public TimeProvider Time { get; init; } = BootTimeProvider.Instance;
}
