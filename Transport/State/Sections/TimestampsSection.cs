namespace ActorStack.Transport.State.Sections;

/// <summary>The timestamps option (RFC 7323), and the clock that every moment in the record is a reading of.</summary>
public sealed record TimestampsSection
{
    /// <summary>The peer sent a timestamp.</summary>
    public bool HasTsRecent { get; init; }

    /// <summary>The timestamp to echo (TS.Recent).</summary>
    public uint TsRecent { get; init; }

    /// <summary>Ticks since TS.Recent was taken.</summary>
    public long TsRecentAgeTicks { get; init; }

    /// <summary>The timestamp below which a segment is an old duplicate.</summary>
    public uint TsFloor { get; init; }

    /// <summary>The floor after the next advance.</summary>
    public uint TsFloorNext { get; init; }

    /// <summary>Ticks since <see cref="TsFloorNext"/> was TS.Recent.</summary>
    public long TsFloorAgeTicks { get; init; }

    /// <summary>
    /// The connection's timestamp clock at export, ticks; TSval is this in milliseconds, modulo 2^32. Never runs back.
    /// </summary>
    public long ClockTicks { get; init; }
}
