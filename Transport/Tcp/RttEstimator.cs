namespace ActorStack.Transport.Tcp;

/// <summary>Smoothed round-trip time and retransmission timeout (RFC 6298 section 2). Knows nothing of the connection.</summary>
internal struct RttEstimator(TimeSpan minimumRto, TimeSpan maximumRto)
{
    /// <summary>RFC 6298 section 2.1.</summary>
    private static readonly TimeSpan InitialRto = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan RtoAfterSyn = TimeSpan.FromSeconds(3);

    public bool HasSample { get; private set; }

    public TimeSpan Smoothed { get; private set; }

    public TimeSpan Variation { get; private set; }

    public TimeSpan Minimum { get; private set; }

    /// <summary>The timeout, backed off until the next sample.</summary>
    public TimeSpan Rto { get; private set; } = InitialRto;

    public void Sample(TimeSpan rtt)
    {
        if (rtt < TimeSpan.Zero) return;
        if (!HasSample)
        {
            HasSample = true;
            Smoothed = Minimum = rtt;
            Variation = rtt / 2;
        }
        else
        {
            Variation += ((Smoothed - rtt).Duration() - Variation) / 4;
            Smoothed += (rtt - Smoothed) / 8;
            if (rtt < Minimum) Minimum = rtt;
        }

        Rto = Clamp(Smoothed + Variation * 4);
    }

    /// <summary>A timeout: wait twice as long (section 5.5), until a round trip is measured and not only something acknowledged (Karn).</summary>
    public void BackOff() => Rto = Doubled(1);

    /// <summary>The SYN timed out and could not be timed: data begins with what is known to be safe (section 5.7).</summary>
    public void RestartAfterSyn() => Rto = Clamp(RtoAfterSyn);

    /// <summary>The timeout doubled <paramref name="times"/> times.</summary>
    public readonly TimeSpan Doubled(int times)
    {
        var factor = 1L << Math.Min(times, 30);
        return Rto.Ticks > maximumRto.Ticks / factor ? maximumRto : Rto * factor;
    }

    public void Restore(bool hasSample, TimeSpan smoothed, TimeSpan variation, TimeSpan minimum, TimeSpan rto)
    {
        HasSample = hasSample;
        Smoothed = smoothed;
        Variation = variation;
        Minimum = minimum;
        if (rto > TimeSpan.Zero) Rto = rto;
    }

    private readonly TimeSpan Clamp(TimeSpan rto) => rto < minimumRto ? minimumRto : rto > maximumRto ? maximumRto : rto;
}
