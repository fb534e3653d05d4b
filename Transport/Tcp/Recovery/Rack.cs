using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Tcp.Timers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>
/// RACK, loss detection by time (RFC 8985 section 6): a segment is lost where a segment that was sent later by more than the
/// reordering window has arrived. The window grows with the reordering that the path shows.
/// </summary>
internal struct Rack()
{
    /// <summary>Recoveries after which a wider window is given up (section 6.2 step 4).</summary>
    private const int WindowPersistence = 16;

    private const int MaximumMultiplier = byte.MaxValue;

    /// <summary>The least window, because bursts and timers are no more exact; the round trip still bounds it.</summary>
    private static readonly TimeSpan LeastWindow = TimeSpan.FromMilliseconds(1);

    /// <summary>Null until something unambiguous was delivered.</summary>
    public Transmission? Latest { get; private set; }

    /// <summary>Round trip of <see cref="Latest"/>.</summary>
    public TimeSpan RoundTrip { get; private set; }

    public bool ReorderingSeen { get; private set; }

    public int Multiplier { get; private set; } = 1;

    public int Persistence { get; private set; }

    /// <summary>SND.NXT at the last DSACK that widened the window: once a round.</summary>
    public SequenceNumber? DuplicateRound { get; private set; }

    /// <summary>Steps 2 to 4: takes the delivery, and notes whether the path reorders.</summary>
    public void OnDelivered(in Delivery delivery, SequenceNumber una, SequenceNumber next)
    {
        ReorderingSeen |= delivery.IsReordered;
        if (delivery.Latest is { } latest)
        {
            RoundTrip = delivery.Now - latest.SentAt;
            if (Latest is not { } known || latest.IsAfter(known)) Latest = latest;
        }

        if (DuplicateRound is { } round && una >= round) DuplicateRound = null;
        if (delivery is { Duplicate: not null, IsDuplicateOfProbe: false } && ReorderingSeen) Widen(next);
    }

    /// <summary>
    /// A retransmission was not needed, as timestamps or D-SACK blocks show: the path reorders. The RFC learns that from segments
    /// that were not retransmitted and from D-SACK blocks; this goes beyond it, for peers that send none.
    /// </summary>
    public void OnSpuriousRetransmission(SequenceNumber next)
    {
        if (ReorderingSeen) Widen(next);
        ReorderingSeen = true;
    }

    /// <summary>A recovery ended: the window shrinks again after many recoveries of which none was spurious.</summary>
    public void OnRecoveryEnd()
    {
        if (Persistence > 0 && --Persistence == 0) Multiplier = 1;
    }

    /// <summary>
    /// Step 4. The window is zero while no reordering was seen, once there is as much evidence as RFC 5681 asks for.
    /// </summary>
    public readonly TimeSpan ReorderingWindow(
        bool isRecovering, int sackedSegments, TimeSpan minimumRoundTrip, TimeSpan smoothedRoundTrip)
    {
        if (!ReorderingSeen && (isRecovering || sackedSegments >= LossRecovery.DuplicateThreshold)) return TimeSpan.Zero;
        var window = minimumRoundTrip / 4 * Multiplier;
        if (window < LeastWindow) window = LeastWindow;
        return window < smoothedRoundTrip ? window : smoothedRoundTrip;
    }

    /// <summary>
    /// Step 5: marks what is lost. Returns the time until more may count as lost; null: nothing else is in doubt.
    /// </summary>
    public readonly TimeSpan? DetectLoss(Scoreboard scoreboard, TimeSpan window, TimeSpan now, ref bool hasLostRetransmission)
    {
        if (Latest is not { } latest) return null;
        while (scoreboard.TryPeekOldest(out var run) && latest.IsAfter(new Transmission(run)))
        {
            var left = run.SentAt + RoundTrip + window - now;
            if (left > TimeSpan.Zero) return left;
            hasLostRetransmission |= scoreboard.MarkOldestLost();
        }

        return null;
    }

    /// <summary>The section of the record.</summary>
    public readonly RackSection Export(RecordClock clock) => new()
    {
        HasLatest = Latest is not null,
        SentTicks = Latest is { } latest ? clock.Ticks(latest.SentAt) : 0,
        Order = Latest?.Order ?? 0,
        End = Latest?.End.Value ?? 0,
        RttTicks = RoundTrip.Ticks,
        ReorderingSeen = ReorderingSeen,
        Multiplier = Multiplier,
        Persistence = Persistence,
        HasRound = DuplicateRound is not null,
        Round = DuplicateRound?.Value ?? 0,
    };

    /// <summary>Continues from the record.</summary>
    public void Restore(RackSection section, RecordClock clock)
    {
        Latest = section.HasLatest
            ? new Transmission(clock.Moment(section.SentTicks), section.Order, new SequenceNumber(section.End))
            : null;
        RoundTrip = TimeSpan.FromTicks(section.RttTicks);
        ReorderingSeen = section.ReorderingSeen;
        Multiplier = Math.Clamp(section.Multiplier, 1, MaximumMultiplier);
        Persistence = section.Persistence;
        DuplicateRound = section.HasRound ? new SequenceNumber(section.Round) : null;
    }

    /// <summary>Once a round.</summary>
    private void Widen(SequenceNumber next)
    {
        if (DuplicateRound is not null) return;
        DuplicateRound = next;
        Multiplier = Math.Min(Multiplier + 1, MaximumMultiplier);
        Persistence = WindowPersistence;
    }
}
