namespace ActorStack.Transport.State;

/// <summary>
/// Loss recovery: the scoreboard run by run, and what detection, reduction, probes and undo remember. Moments are readings of the
/// connection's timestamp clock (<see cref="TimestampClockTicks"/>), so that they stay right however long a move takes.
/// </summary>
public sealed partial record TcpConnectionState
{
    /// <summary>Open, Disorder, Reduced, Recovery, Loss: 0 to 4.</summary>
    public byte RecoveryState { get; init; }

    /// <summary>SND.NXT when the recovery began (RFC 6582 section 3.2).</summary>
    public uint RecoveryPoint { get; init; }

    public bool HasRecoveryPoint { get; init; }

    /// <summary>Of a peer without SACK: nothing beyond the last recovery is acknowledged, and duplicates are answers to what was resent (RFC 6582 section 3.2 step 2).</summary>
    public bool IsJustRecovered { get; init; }

    /// <summary>Duplicate acknowledgments of a peer without SACK.</summary>
    public int DupAckCount { get; init; }

    // Scoreboard (RFC 6675): one entry a run, ascending and without gaps from SndUna to SndMax; empty: nothing is known of what is sent

    /// <summary>First number of each run; it ends where the next begins.</summary>
    public uint[] RunSequences { get; init; } = [];

    /// <summary>1 SACKed, 2 lost, 4 retransmission in flight, 8 ever resent.</summary>
    public byte[] RunFlags { get; init; } = [];

    /// <summary>When each was sent last.</summary>
    public long[] RunSentTicks { get; init; } = [];

    /// <summary>Number of that transmission.</summary>
    public long[] RunOrders { get; init; } = [];

    /// <summary>Bytes of a wire segment.</summary>
    public uint[] RunSegmentSizes { get; init; } = [];

    /// <summary>Wire segments in each.</summary>
    public uint[] RunSegments { get; init; } = [];

    /// <summary>The delivery counters as they were when it was sent (draft-ietf-ccwg-bbr section 4.1.2.2).</summary>
    public long[] RunFirstSentTicks { get; init; } = [];

    public long[] RunDeliveredTicks { get; init; } = [];

    public long[] RunDelivered { get; init; } = [];

    public long[] RunLost { get; init; } = [];

    public uint[] RunFlights { get; init; } = [];

    /// <summary>1: the application had left the pipe unfilled.</summary>
    public byte[] RunApplicationLimited { get; init; } = [];

    public bool HasHighestDelivered { get; init; }

    /// <summary>The number after the highest one the peer is known to have (RACK.fack).</summary>
    public uint HighestDelivered { get; init; }

    /// <summary>Bytes ever marked lost.</summary>
    public long TotalLost { get; init; }

    /// <summary>Transmissions so far.</summary>
    public long Transmissions { get; init; }

    // Delivery rate

    public long Delivered { get; init; }

    public long DeliveredTicks { get; init; }

    public long FirstSentTicks { get; init; }

    public long ApplicationLimitedUntil { get; init; }

    // RACK-TLP (RFC 8985)

    public bool HasRack { get; init; }

    public long RackSentTicks { get; init; }

    public long RackOrder { get; init; }

    public uint RackEnd { get; init; }

    public long RackRttTicks { get; init; }

    public bool RackReorderingSeen { get; init; }

    public int RackMultiplier { get; init; } = 1;

    public int RackPersistence { get; init; }

    public bool HasRackRound { get; init; }

    public uint RackRound { get; init; }

    public long ReorderingTicksLeft { get; init; } = NotRunning;

    public bool HasProbe { get; init; }

    public uint ProbeEnd { get; init; }

    public uint ProbeRepeatedBytes { get; init; }

    /// <summary>A tail loss probe is due at the next output.</summary>
    public bool TailLossProbePending { get; init; }

    public long TailLossProbeTicksLeft { get; init; } = NotRunning;

    // Proportional rate reduction (RFC 9937)

    public bool PrrActive { get; init; }

    public long PrrFlightBefore { get; init; }

    public long PrrDelivered { get; init; }

    public long PrrSent { get; init; }

    public long PrrAllowance { get; init; }

    // Undo and F-RTO (RFC 5682)

    public bool HasUndoMarker { get; init; }

    public uint UndoMarker { get; init; }

    public long UndoRetransmitted { get; init; }

    public bool HasFirstRetransmission { get; init; }

    public long FirstRetransmissionTicks { get; init; }

    /// <summary>None, armed, testing: 0 to 2.</summary>
    public byte ForwardRtoPhase { get; init; }

    // Round trips, beside RFC 6298's own

    public long RttDeviationTicks { get; init; }

    public long RttLargestDeviationTicks { get; init; }

    public long RttRoundEndTicks { get; init; }

    /// <summary>The smallest of the half of the window of minutes that goes on; <see cref="NotRunning"/>: unknown, and the window begins anew.</summary>
    public long RecentMinRttTicks { get; init; } = NotRunning;

    /// <summary>When that half is over.</summary>
    public long RecentMinRttEndTicks { get; init; }

    /// <summary>Nothing is known of recovery; as an engine leaves it that does not tell.</summary>
    public TcpConnectionState WithoutRecovery()
    {
        var none = new TcpConnectionState();
        return this with
        {
            RecoveryState = none.RecoveryState,
            HasRecoveryPoint = false,
            RecoveryPoint = 0,
            IsJustRecovered = false,
            DupAckCount = 0,
            RunSequences = [],
            RunFlags = [],
            RunSentTicks = [],
            RunOrders = [],
            RunSegmentSizes = [],
            RunSegments = [],
            RunFirstSentTicks = [],
            RunDeliveredTicks = [],
            RunDelivered = [],
            RunLost = [],
            RunFlights = [],
            RunApplicationLimited = [],
            HasHighestDelivered = false,
            HighestDelivered = 0,
            HasRack = false,
            RackSentTicks = 0,
            RackOrder = 0,
            RackEnd = 0,
            RackRttTicks = 0,
            HasRackRound = false,
            RackRound = 0,
            ReorderingTicksLeft = NotRunning,
            HasProbe = false,
            ProbeEnd = 0,
            ProbeRepeatedBytes = 0,
            TailLossProbePending = false,
            TailLossProbeTicksLeft = NotRunning,
            PrrActive = false,
            PrrFlightBefore = 0,
            PrrDelivered = 0,
            PrrSent = 0,
            PrrAllowance = 0,
            HasUndoMarker = false,
            UndoMarker = 0,
            UndoRetransmitted = 0,
            HasFirstRetransmission = false,
            FirstRetransmissionTicks = 0,
            ForwardRtoPhase = none.ForwardRtoPhase,
        };
    }
}
