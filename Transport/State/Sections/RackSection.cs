namespace ActorStack.Transport.State.Sections;

/// <summary>RACK (RFC 8985 section 6). Moments are readings of the timestamp clock.</summary>
public sealed record RackSection
{
    /// <summary>A segment is known to have been delivered.</summary>
    public bool HasLatest { get; init; }

    /// <summary>When the segment was sent that left last of those delivered (RACK.xmit_ts).</summary>
    public long SentTicks { get; init; }

    /// <summary>The number of the transmission of that segment.</summary>
    public long Order { get; init; }

    /// <summary>Sequence number after that segment (RACK.end_seq).</summary>
    public uint End { get; init; }

    /// <summary>The round trip of that segment (RACK.rtt).</summary>
    public long RttTicks { get; init; }

    /// <summary>Reordering was seen (RACK.reordering_seen).</summary>
    public bool ReorderingSeen { get; init; }

    /// <summary>Multiplier of the reordering window (RACK.reo_wnd_mult).</summary>
    public int Multiplier { get; init; } = 1;

    /// <summary>Recoveries for which the multiplier is kept (RACK.reo_wnd_persist).</summary>
    public int Persistence { get; init; }

    /// <summary>A D-SACK raised the multiplier in the current round.</summary>
    public bool HasRound { get; init; }

    /// <summary>SND.NXT when a D-SACK raised the multiplier (RACK.dsack_round).</summary>
    public uint Round { get; init; }
}
