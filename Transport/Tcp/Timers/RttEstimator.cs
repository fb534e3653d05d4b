using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;

namespace ActorStack.Transport.Tcp.Timers;

/// <summary>
/// Smoothed round-trip time and retransmission timeout (RFC 6298 section 2). Every acknowledgment gives a sample.
/// Many samples a round trip would shorten the memory of the estimator (RFC 7323 section 4.2). So the variation is, as in Linux,
/// the largest of a round trip, and falls only once a round trip. The least timeout is added to the round trip.
/// </summary>
internal struct RttEstimator(TimeSpan minimumRto, TimeSpan maximumRto)
{
    /// <summary>RFC 6298 section 2.1.</summary>
    private static readonly TimeSpan InitialRto = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan RtoAfterSyn = TimeSpan.FromSeconds(3);

    public bool HasSample { get; private set; }

    public TimeSpan Smoothed { get; private set; }

    /// <summary>RTTVAR: four times this is at least the least timeout.</summary>
    public TimeSpan Variation { get; private set; }

    /// <summary>Mean deviation sample by sample.</summary>
    public TimeSpan Deviation { get; private set; }

    /// <summary>The largest <see cref="Deviation"/> of this round trip.</summary>
    public TimeSpan LargestDeviation { get; private set; }

    /// <summary>When this round trip of samples ends.</summary>
    public TimeSpan RoundEnd { get; private set; }

    public readonly TimeSpan Minimum => MinimumWindow.Value;

    public WindowedMinimum MinimumWindow;

    /// <summary>The timeout, backed off until the next sample.</summary>
    public TimeSpan Rto { get; private set; } = InitialRto;

    /// <summary>The timeout is based on the round trip of another connection.</summary>
    public readonly bool IsExpected => !HasSample && Rto < InitialRto;

    private readonly TimeSpan LeastVariation => minimumRto / 4;

    public void Sample(TimeSpan rtt, TimeSpan now)
    {
        if (rtt < TimeSpan.Zero) return;
        if (!HasSample)
        {
            HasSample = true;
            Smoothed = rtt;
            MinimumWindow.Start(rtt, now);
            Deviation = rtt / 2;
            Variation = LargestDeviation = Larger(Deviation, LeastVariation);
            RoundEnd = now + rtt;
        }
        else
        {
            Deviate(rtt);
            Smoothed += (rtt - Smoothed) / 8;
            MinimumWindow.Add(rtt, now);
            if (now >= RoundEnd) EndRound(now);
        }

        Rto = Clamp(Smoothed + Variation * 4);
    }

    /// <summary>
    /// A timeout: wait twice as long (section 5.5), until a round trip is measured and not only something acknowledged (Karn).
    /// </summary>
    public void BackOff() => Rto = IsExpected ? InitialRto : Doubled(1);

    /// <summary>
    /// An earlier connection to the same destination had this round trip (RFC 9040 section 6): the first timeout of the
    /// handshake, and it alone, goes by it.
    /// </summary>
    public void Expect(TimeSpan rtt)
    {
        var expected = Clamp(rtt + Larger(rtt * 2, minimumRto));
        if (!HasSample && expected < InitialRto) Rto = expected;
    }

    /// <summary>
    /// The handshake gave no sample. Where the SYN timed out, data begins with a timeout that is known to be safe (section 5.7).
    /// Deviation: an early timeout, on expectation, does not count as such.
    /// </summary>
    public void RestartAfterSyn() => Rto = Rto > InitialRto ? Clamp(RtoAfterSyn) : InitialRto;

    /// <summary>The timeout doubled <paramref name="times"/> times.</summary>
    public readonly TimeSpan Doubled(int times)
    {
        var factor = 1L << Math.Min(times, 30);
        return Rto.Ticks > maximumRto.Ticks / factor ? maximumRto : Rto * factor;
    }

    /// <summary>The section of the record.</summary>
    public readonly RoundTripSection Export(RecordClock clock) => new()
    {
        HasRtt = HasSample,
        SRttTicks = Smoothed.Ticks,
        RttVarTicks = Variation.Ticks,
        MinRttTicks = Minimum.Ticks,
        RtoTicks = Rto.Ticks,
        DeviationTicks = Deviation.Ticks,
        LargestDeviationTicks = LargestDeviation.Ticks,
        RoundEndTicks = clock.Ticks(RoundEnd),
        RecentMinRttTicks = HasSample ? MinimumWindow.Recent.Ticks : TcpConnectionState.NotRunning,
        RecentMinRttEndTicks = clock.Ticks(MinimumWindow.HalfEnd),
    };

    /// <summary>Continues from the record.</summary>
    public void Restore(RoundTripSection section, RecordClock clock, TimeSpan now)
    {
        HasSample = section.HasRtt;
        Smoothed = TimeSpan.FromTicks(section.SRttTicks);
        Variation = TimeSpan.FromTicks(section.RttVarTicks);
        if (section.RtoTicks > 0) Rto = TimeSpan.FromTicks(section.RtoTicks);
        Deviation = TimeSpan.FromTicks(section.DeviationTicks);
        LargestDeviation = TimeSpan.FromTicks(section.LargestDeviationTicks);
        RoundEnd = clock.Moment(section.RoundEndTicks);
        if (!HasSample) return;
        var minimum = TimeSpan.FromTicks(section.MinRttTicks);
        var recent = TimeSpan.FromTicks(section.RecentMinRttTicks);
        if (section.RecentMinRttTicks < 0) MinimumWindow.Start(minimum, now);
        else MinimumWindow.Restore(minimum, recent, clock.Moment(section.RecentMinRttEndTicks), now);
    }

    /// <summary>A round trip that falls is no reason to wait longer: such a deviation counts an eighth, as in Linux.</summary>
    private void Deviate(TimeSpan rtt)
    {
        var change = (rtt - Smoothed).Duration() - Deviation;
        Deviation += rtt < Smoothed && change > TimeSpan.Zero ? change / 32 : change / 4;
        LargestDeviation = Larger(LargestDeviation, Deviation);
        Variation = Larger(Variation, LargestDeviation);
    }

    private void EndRound(TimeSpan now)
    {
        if (LargestDeviation < Variation) Variation -= (Variation - LargestDeviation) / 4;
        LargestDeviation = LeastVariation;
        RoundEnd = now + Smoothed;
    }

    private static TimeSpan Larger(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private readonly TimeSpan Clamp(TimeSpan rto) => rto < minimumRto ? minimumRto : rto > maximumRto ? maximumRto : rto;
}
