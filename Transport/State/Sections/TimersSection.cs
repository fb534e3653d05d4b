namespace ActorStack.Transport.State.Sections;

/// <summary>The deadline of each timer, as the ticks that are left; -1: the timer does not run. Clocks do not travel.</summary>
public sealed record TimersSection
{
    /// <summary>Retransmission timeout (RFC 6298).</summary>
    public long RetransmitTicksLeft { get; init; } = TcpConnectionState.NotRunning;

    /// <summary>Delayed acknowledgment (RFC 9293 section 3.8.6.3).</summary>
    public long DelayedAckTicksLeft { get; init; } = TcpConnectionState.NotRunning;

    /// <summary>Probe of a closed window (RFC 9293 section 3.8.6.1).</summary>
    public long PersistTicksLeft { get; init; } = TcpConnectionState.NotRunning;

    /// <summary>Keepalive probe (RFC 9293 section 3.8.4).</summary>
    public long KeepaliveTicksLeft { get; init; } = TcpConnectionState.NotRunning;

    /// <summary>End of TIME-WAIT, or of FIN-WAIT-2 where nobody reads.</summary>
    public long TimeWaitTicksLeft { get; init; } = TcpConnectionState.NotRunning;

    /// <summary>Next paced burst.</summary>
    public long PacingTicksLeft { get; init; } = TcpConnectionState.NotRunning;

    /// <summary>RACK's reordering window (RFC 8985 section 6.2).</summary>
    public long ReorderingTicksLeft { get; init; } = TcpConnectionState.NotRunning;

    /// <summary>Tail loss probe (RFC 8985 section 7.2).</summary>
    public long TailLossProbeTicksLeft { get; init; } = TcpConnectionState.NotRunning;

    /// <summary>End of the time for which a cork may hold back payload.</summary>
    public long CorkTicksLeft { get; init; } = TcpConnectionState.NotRunning;

    /// <summary>Reset of a connection that its application left.</summary>
    public long LingerTicksLeft { get; init; } = TcpConnectionState.NotRunning;

    /// <summary>End of the wait for the first payload before the application begins.</summary>
    public long DeferAcceptTicksLeft { get; init; } = TcpConnectionState.NotRunning;
}
