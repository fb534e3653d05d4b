namespace ActorStack.Hosting;

/// <summary>How a gateway chooses the backend of a client.</summary>
public enum GatewayBalance
{
    /// <summary>The backend with the fewest connections of this process.</summary>
    LeastConnections,

    /// <summary>The backends take turns.</summary>
    RoundRobin,

    /// <summary>
    /// The same backend for the same client address, by consistent hashing (rendezvous): where a backend leaves or comes, only
    /// its own clients change.
    /// </summary>
    ConsistentHash,
}
