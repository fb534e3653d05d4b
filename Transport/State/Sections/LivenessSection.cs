namespace ActorStack.Transport.State.Sections;

/// <summary>Signs of life: probes that have no answer, and how long each side has been silent.</summary>
public sealed record LivenessSection
{
    /// <summary>Window probes without an answer.</summary>
    public int PersistProbes { get; init; }

    /// <summary>Time since the first probe of the window that is shut; -1: none.</summary>
    public long PersistingTicks { get; init; } = TcpConnectionState.NotRunning;

    /// <summary>Keepalive probes without an answer.</summary>
    public int KeepaliveProbes { get; init; }

    /// <summary>Time since the last segment from the peer.</summary>
    public long IdleTicks { get; init; }

    /// <summary>Time since the last segment with data to the peer.</summary>
    public long SendIdleTicks { get; init; }

    /// <summary>Time since the last challenge ACK (RFC 5961 section 7); -1: none.</summary>
    public long ChallengedTicks { get; init; } = TcpConnectionState.NotRunning;
}
