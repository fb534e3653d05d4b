using ActorStack.Transport.Tcp.Timers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>
/// The delivery that one acknowledgment shows, gathered while the scoreboard is updated. Loss detection, estimation of round trip
/// and rate, and undo take everything they need from it.
/// </summary>
internal struct Delivery
{
    /// <summary>When the segment arrived.</summary>
    public required TimeSpan Now { get; init; }

    /// <summary>The highest number delivered before this segment came.</summary>
    public required SequenceNumber HighestBefore { get; init; }

    /// <summary>SND.NXT when the recovery under way began; SND.UNA where there is none.</summary>
    public required SequenceNumber RecoveryPoint { get; init; }

    /// <summary>The smallest round trip so far.</summary>
    public required TimeSpan MinimumRoundTrip { get; init; }

    /// <summary>TSecr; null without timestamps.</summary>
    public required uint? Echo { get; init; }

    /// <summary>See <see cref="TimestampClock"/>.</summary>
    public required TimeSpan TimestampOffset { get; init; }

    /// <summary>Bytes by which SND.UNA moved.</summary>
    public uint Acknowledged { get; set; }

    /// <summary>Bytes newly known to have arrived, acknowledged or SACKed.</summary>
    public long Bytes { get; set; }

    /// <summary>Of these, bytes beyond a gap.</summary>
    public long SackedBytes { get; private set; }

    /// <summary>The largest wire segment among them, as it was sent last.</summary>
    public int LargestSegment { get; private set; }

    /// <summary>The segment reports one that came twice (RFC 2883).</summary>
    public SackBlock? Duplicate { get; set; }

    /// <summary>A duplicate acknowledgment of a peer without SACK (RFC 5681 section 2).</summary>
    public bool IsDuplicate { get; set; }

    /// <summary>The D-SACK block is for the tail loss probe (RFC 8985 section 7.4).</summary>
    public bool IsDuplicateOfProbe { get; set; }

    /// <summary>Data that was sent but once, and below the recovery point, arrived (RFC 5682).</summary>
    public bool HasOriginal { get; private set; }

    /// <summary>Data that had been retransmitted was acknowledged.</summary>
    public bool HasRetransmitted { get; private set; }

    /// <summary>Data sent but once arrived later than data sent after it (RFC 8985 section 6.2 step 3).</summary>
    public bool IsReordered { get; private set; }

    /// <summary>By how many bytes it was overtaken, at most.</summary>
    public int ReorderedBytes { get; private set; }

    /// <summary>A retransmission was marked lost.</summary>
    public bool HasLostRetransmission { get; set; }

    /// <summary>
    /// The transmission sent last among those delivered, where that is not ambiguous (RFC 8985 section 6.2 step 2).
    /// </summary>
    public Transmission? Latest { get; private set; }

    /// <summary>The transmission sent last among those delivered, for the rate sample.</summary>
    public (TimeSpan SentAt, SendSnapshot Snapshot)? Newest { get; private set; }

    /// <summary>
    /// The times at which the first and the last of the acknowledged segments were sent; segments that were retransmitted do not
    /// count.
    /// </summary>
    public (TimeSpan First, TimeSpan Last)? AcknowledgedSent { get; private set; }

    /// <summary>The same of the SACKed segments.</summary>
    public (TimeSpan First, TimeSpan Last)? SackedSent { get; private set; }

    /// <summary>
    /// The time at which the last retransmission was sent that the echoed timestamp shows to be the one acknowledged.
    /// </summary>
    public TimeSpan? RetransmissionSent { get; private set; }

    /// <summary>Acknowledged bytes that had been SACKed before: they were delivered then.</summary>
    public long SackedBeforeBytes { get; private set; }

    /// <summary>
    /// The acknowledgment is of something sent before <paramref name="time"/> (RFC 3522). False without timestamps.
    /// </summary>
    public readonly bool IsEchoOlderThan(TimeSpan time) =>
        Echo is { } echo && (int)(echo - TimestampClock.Value(time, TimestampOffset)) < 0;

    public void AddSackedBefore(in TransmittedRun run) => SackedBeforeBytes += run.Length;

    public void Add(in TransmittedRun run, bool isSacked)
    {
        Bytes += run.Length;
        if (isSacked) SackedBytes += run.Length;
        LargestSegment = Math.Max(LargestSegment, run.LargestSegment);
        if (Newest is not { } newest || run.SentAt >= newest.SentAt) Newest = (run.SentAt, run.Snapshot);
        if (run.WasRetransmitted)
        {
            if (!isSacked) HasRetransmitted = true;
            if (Echo is not null && !IsEchoOlderThan(run.SentAt)) RetransmissionSent = run.SentAt;
        }
        else
        {
            IsReordered |= run.Start < HighestBefore;
            ReorderedBytes = Math.Max(ReorderedBytes, HighestBefore - run.Start);
            HasOriginal |= run.End <= RecoveryPoint;
            if (isSacked) SackedSent = Extend(SackedSent, run.SentAt);
            else AcknowledgedSent = Extend(AcknowledgedSent, run.SentAt);
        }

        var transmission = new Transmission(run);
        if (!IsAmbiguous(run, isSacked) && (Latest is not { } latest || transmission.IsAfter(latest))) Latest = transmission;
    }

    /// <summary>
    /// The first transmission may have delivered what was retransmitted (RFC 8985 section 6.2 step 2). The timestamp shows it
    /// only where SND.UNA moved: the timestamp of a segment beyond a gap is never echoed (RFC 7323 section 4.3).
    /// </summary>
    private readonly bool IsAmbiguous(in TransmittedRun run, bool isSacked) =>
        run.WasRetransmitted && (Now - run.SentAt < MinimumRoundTrip || (!isSacked && IsEchoOlderThan(run.SentAt)));

    private static (TimeSpan First, TimeSpan Last) Extend((TimeSpan First, TimeSpan Last)? range, TimeSpan time) =>
        range is { } known
            ? (known.First < time ? known.First : time, known.Last > time ? known.Last : time)
            : (time, time);
}
