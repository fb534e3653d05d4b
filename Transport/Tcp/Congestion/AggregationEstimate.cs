namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>
/// BBR.extra_acked: the bytes that are acknowledged at once beyond what the bandwidth explains (draft-ietf-ccwg-bbr section
/// 5.5.9).
/// </summary>
internal struct AggregationEstimate
{
    private const int FilterRounds = 10;
    private WindowedMaximum _maximum;
    private TimeSpan _since;
    private long _delivered;

    public readonly long Value => _maximum.Value;

    public void Restart(TimeSpan now) => _since = now;

    public void Add(in AcknowledgmentSample sample, long bandwidth, long window, long round, bool isPipeFull)
    {
        var expected = (long)(bandwidth * (sample.Now - _since).TotalSeconds);
        if (_delivered <= expected)
        {
            (_delivered, _since) = (0, sample.Now);
            expected = 0;
        }

        _delivered += sample.Delivered;
        _maximum.Add(Math.Min(_delivered - expected, window), round, isPipeFull ? FilterRounds : 1);
    }

    public void Carry(ref NumberCarrier numbers, long round)
    {
        numbers.Carry(ref _maximum, round);
        numbers.CarryTime(ref _since);
        numbers.Carry(ref _delivered, 0, long.MaxValue / 4);
    }
}
