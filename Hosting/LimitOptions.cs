namespace ActorStack.Hosting;

/// <summary>
/// What peers can take of a stack at most; a member left null goes by <c>actorstack.limits</c> in <c>akka.hocon</c>. A source is
/// a /24 (IPv4) or a /64 (IPv6).
/// </summary>
public sealed class LimitOptions
{
    /// <summary>Connections in the handshake; SYNs beyond are answered with cookies.</summary>
    public int? HalfOpen { get; set; }

    /// <summary>The same of one source.</summary>
    public int? HalfOpenPerSource { get; set; }

    /// <summary>Connections of one source; SYNs beyond are dropped.</summary>
    public int? ConnectionsPerSource { get; set; }

    /// <summary>Flows in TIME-WAIT; beyond, the oldest goes.</summary>
    public int? TimeWaits { get; set; }

    /// <summary>Connections that their handlers have left and whose peers have not taken the rest; one more is reset.</summary>
    public int? Orphans { get; set; }

    /// <summary>Challenge ACKs of all connections in a second (RFC 5961 section 7), 1 at least.</summary>
    public int? ChallengeAcksPerSecond { get; set; }

    /// <summary>Bytes in the buffers of all connections together.</summary>
    public MemoryOptions Memory { get; } = new();
}
