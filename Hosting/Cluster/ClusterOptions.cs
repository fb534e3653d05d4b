namespace ActorStack.Hosting;

/// <summary>
/// How the stack is a node of a cluster. A member that is null has its value in <c>actorstack.cluster</c> of <c>akka.hocon</c>.
/// </summary>
public sealed class ClusterOptions
{
    /// <summary>Whether the stack is a node of a cluster.</summary>
    public bool? Enabled { get; set; }

    /// <summary>The name or the address by which the other nodes reach this one.</summary>
    public string? Host { get; set; }

    /// <summary>The TCP port on which this node hears the others; 0: any free port.</summary>
    public int? Port { get; set; }

    /// <summary>
    /// The TCP port of the channels, which carry the messages of handoffs past Akka.Remote where the nodes talk without TLS; 0:
    /// any free port.
    /// </summary>
    public int? ChannelPort { get; set; }

    /// <summary>
    /// Nodes by which this one finds the cluster, as <c>HOST:PORT</c>. Without any the node begins a cluster of its own.
    /// </summary>
    public IList<string> SeedNodes { get; } = [];

    /// <summary>The roles of this node in Akka.Cluster.</summary>
    public IList<string> Roles { get; } = [];

    /// <summary>
    /// The address to which other nodes forward segments for this node: an IP address, or one of each version separated by a
    /// comma, on the same segment; <c>vxlan:ADDRESS</c> behind routers. Empty: the node takes no connections of others.
    /// </summary>
    public string? Steering { get; set; }

    /// <summary>The time for which this node may emit segments after the majority of the cluster has heard it.</summary>
    public TimeSpan? Lease { get; set; }

    /// <summary>The time between two heartbeats that renew the lease.</summary>
    public TimeSpan? Heartbeat { get; set; }

    /// <summary>The time without an answer after which a node counts as unreachable.</summary>
    public TimeSpan? AcceptablePause { get; set; }

    /// <summary>The time without a change after which the cluster removes its unreachable nodes.</summary>
    public TimeSpan? StableAfter { get; set; }

    /// <summary>The time that this node may take to join; after it the start fails.</summary>
    public TimeSpan? JoinLimit { get; set; }

    /// <summary>
    /// Whether a stop gives the connections that can move to the other nodes first, within half of the drain limit.
    /// </summary>
    public bool? Evacuate { get; set; }

    /// <summary>The file with the secret of the cluster. Empty: the members agree on one.</summary>
    public string? SecretFile { get; set; }

    /// <summary>What this node holds for connections that other nodes may have.</summary>
    public UnknownFlowOptions UnknownFlows { get; } = new();

    /// <summary>How this node gives connections to nodes that have fewer.</summary>
    public BalanceOptions Balance { get; } = new();

    /// <summary>TLS between the nodes.</summary>
    public ClusterTlsOptions Tls { get; } = new();
}
