namespace ActorStack.Transport.State.Sections;

/// <summary>Round-trip time and retransmission timeout (RFC 6298). Times are ticks of 100 ns.</summary>
public sealed record RoundTripSection
{
    /// <summary>A round trip was measured; without one the times below mean nothing, except the timeout.</summary>
    public bool HasRtt { get; init; }

    /// <summary>Smoothed round-trip time (SRTT).</summary>
    public long SRttTicks { get; init; }

    /// <summary>Round-trip time variation (RTTVAR).</summary>
    public long RttVarTicks { get; init; }

    /// <summary>The smallest round trip of the last minutes (RFC 8985 section 6.2), ticks; 0 while unknown.</summary>
    public long MinRttTicks { get; init; }

    /// <summary>The retransmission timeout, backed off until the next round trip is measured (RFC 6298 section 5.5).</summary>
    public long RtoTicks { get; init; }

    /// <summary>Mean deviation, sample by sample.</summary>
    public long DeviationTicks { get; init; }

    /// <summary>The largest deviation of the current round trip.</summary>
    public long LargestDeviationTicks { get; init; }

    /// <summary>End of the current round trip, a reading of the timestamp clock.</summary>
    public long RoundEndTicks { get; init; }

    /// <summary>
    /// The smallest of the half of the window of minutes that goes on; <see cref="TcpConnectionState.NotRunning"/>: unknown, and
    /// the window begins anew.
    /// </summary>
    public long RecentMinRttTicks { get; init; } = TcpConnectionState.NotRunning;

    /// <summary>End of that half, a reading of the timestamp clock.</summary>
    public long RecentMinRttEndTicks { get; init; }
}
