namespace ActorStack.Actors.Policy;

/// <summary>The measured conditions of a rule; null: none. Rates in bits per second.</summary>
public sealed record PolicyLimits
{
    public long? MinBytes { get; init; }

    public long? MaxBytes { get; init; }

    public double? MinRate { get; init; }

    public double? MaxRate { get; init; }

    public TimeSpan? MinAge { get; init; }

    public TimeSpan? MaxAge { get; init; }

    public TimeSpan? MinRtt { get; init; }

    public TimeSpan? MaxRtt { get; init; }

    /// <summary>What is not known yet (rate, round trip) matches no limit on it.</summary>
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
