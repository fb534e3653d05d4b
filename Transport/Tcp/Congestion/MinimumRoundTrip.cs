namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>
/// BBR.min_rtt over ten seconds, and the time at which it is to be measured again, every five (draft-ietf-ccwg-bbr section
/// 5.3.4.3).
/// </summary>
internal struct MinimumRoundTrip
{
    private static readonly TimeSpan FilterLength = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(5);
    private TimeSpan _measuredAt;
    private TimeSpan _probe = TimeSpan.MaxValue;
    private TimeSpan _probedAt;

    public MinimumRoundTrip()
    {
    }

    /// <summary><see cref="TimeSpan.MaxValue"/> while unknown.</summary>
    public TimeSpan Value = TimeSpan.MaxValue;

    public readonly bool IsKnown => Value != TimeSpan.MaxValue;

    /// <summary>No lower round trip was seen for so long that the path must be emptied to measure it.</summary>
    public bool IsProbeDue;

    public void Add(TimeSpan sample, TimeSpan now)
    {
        IsProbeDue = IsKnown && now > _probedAt + ProbeInterval;
        if (sample > TimeSpan.Zero && (sample < _probe || IsProbeDue)) (_probe, _probedAt) = (sample, now);
        if (_probe < Value || now > _measuredAt + FilterLength) (Value, _measuredAt) = (_probe, _probedAt);
    }

    /// <summary>The path was emptied: the next time is a whole interval away.</summary>
    public void OnProbed(TimeSpan now) => _probedAt = now;

    public void Carry(ref NumberCarrier numbers)
    {
        numbers.CarryDuration(ref Value);
        numbers.CarryTime(ref _measuredAt);
        numbers.CarryDuration(ref _probe);
        numbers.CarryTime(ref _probedAt);
        numbers.Carry(ref IsProbeDue);
        if (Value == TimeSpan.Zero) Value = TimeSpan.MaxValue;
        if (_probe == TimeSpan.Zero) _probe = TimeSpan.MaxValue;
    }
}
