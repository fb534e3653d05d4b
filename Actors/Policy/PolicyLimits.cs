namespace ActorStack.Actors.Policy;

/// <summary>The measured conditions of a rule; null: no condition. Rates are in bits per second.</summary>
internal sealed record PolicyLimits
{
    /// <summary>Least bytes that were carried, both directions together.</summary>
    public long? MinBytes { get; init; }

    /// <summary>Most bytes that were carried, both directions together.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>Least rate in bits per second, both directions together.</summary>
    public double? MinRate { get; init; }

    /// <summary>Greatest rate in bits per second, both directions together.</summary>
    public double? MaxRate { get; init; }

    /// <summary>Least age of the connection.</summary>
    public TimeSpan? MinAge { get; init; }

    /// <summary>Greatest age of the connection.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Least smoothed round-trip time.</summary>
    public TimeSpan? MinRtt { get; init; }

    /// <summary>Greatest smoothed round-trip time.</summary>
    public TimeSpan? MaxRtt { get; init; }

    /// <summary>
    /// Tells whether the figures are within the limits. A figure that is still unknown (rate, round trip) meets no limit.
    /// </summary>
    internal bool Match(in ConnectionFacts facts, double? rate, double slack)
    {
        double? rtt = facts.RoundTripTime > TimeSpan.Zero ? facts.RoundTripTime.Ticks : null;
        return Within(facts.Bytes, MinBytes, MaxBytes, slack)
            && Within(rate, MinRate, MaxRate, slack)
            && Within(facts.Age.Ticks, MinAge?.Ticks, MaxAge?.Ticks, slack)
            && Within(rtt, MinRtt?.Ticks, MaxRtt?.Ticks, slack);
    }

    private static bool Within(double? value, double? minimum, double? maximum, double slack) =>
        (minimum is null || value >= minimum * slack) && (maximum is null || value <= maximum / slack);
}
