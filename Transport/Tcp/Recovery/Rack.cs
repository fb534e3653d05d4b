using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Tcp.Timers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>
/// Loss detection by time (RFC 8985 section 6): what was sent well before something that has arrived is lost. How long "well before"
/// is grows with the reordering that the path shows.
/// </summary>
internal struct Rack()
{
    /// <summary>Recoveries after which a wider window is given up (section 6.2 step 4).</summary>
    private const int WindowPersistence = 16;

    private const int MaximumMultiplier = byte.MaxValue;

    /// <summary>Where a quarter of the round trip is less than bursts and timers are exact to; at most the round trip.</summary>
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

    /// <summary>Steps 2 to 4: what was delivered, and whether the path reorders.</summary>
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
    /// What was resent had only come late, as the timestamp or DSACKs tell: the path reorders. Beyond the RFC, which learns that from
    /// what was not resent and from DSACKs, so that peers that send none are learned from too.
    /// </summary>
    public void OnSpuriousRetransmission(SequenceNumber next)
    {
        if (ReorderingSeen) Widen(next);
        ReorderingSeen = true;
    }

    /// <summary>A recovery ended: the window shrinks again where none of many recoveries was for nothing.</summary>
    public void OnRecoveryEnd()
    {
        if (Persistence > 0 && --Persistence == 0) Multiplier = 1;
    }

    /// <summary>Step 4. None while nothing is out of order, once there is as much evidence as RFC 5681 wants.</summary>
    public readonly TimeSpan ReorderingWindow(bool isRecovering, int sackedSegments, TimeSpan minimumRoundTrip, TimeSpan smoothedRoundTrip)
    {
        if (!ReorderingSeen && (isRecovering || sackedSegments >= LossRecovery.DuplicateThreshold)) return TimeSpan.Zero;
        var window = minimumRoundTrip / 4 * Multiplier;
        if (window < LeastWindow) window = LeastWindow;
        return window < smoothedRoundTrip ? window : smoothedRoundTrip;
    }

    /// <summary>Step 5: marks what is lost. Returns the time until more may be; null: nothing else is in doubt.</summary>
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
