namespace ActorStack.Hosting;

/// <summary>
/// Limits on the resources of a stack that peers can use. A member that is null has its value in <c>actorstack.limits</c> of
/// <c>akka.hocon</c>. A source is a /24 (IPv4) or a /64 (IPv6).
/// </summary>
public sealed class LimitOptions
{
    /// <summary>The most connections in the handshake; SYNs beyond them are answered with cookies.</summary>
    public int? HalfOpen { get; set; }

    /// <summary>The most connections of one source in the handshake.</summary>
    public int? HalfOpenPerSource { get; set; }

    /// <summary>The most connections of one source; SYNs beyond them are dropped.</summary>
    public int? ConnectionsPerSource { get; set; }

    /// <summary>The most flows in TIME-WAIT; beyond them the oldest is removed.</summary>
    public int? TimeWaits { get; set; }

    /// <summary>
    /// The most connections that their handlers have left while data is still unacknowledged; one more is reset.
    /// </summary>
    public int? Orphans { get; set; }

    /// <summary>The most challenge ACKs of all connections in a second (RFC 5961 section 7), at least 1.</summary>
    public int? ChallengeAcksPerSecond { get; set; }

    /// <summary>Limits on the bytes in the buffers of all connections together.</summary>
    public MemoryOptions Memory { get; } = new();
}
