namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>
/// The part of the bytes that the path itself loses: the loss between two probes while no queue stands, the lower of the last two
/// values. A queue drops packets for which it has no room, and the packets just behind them have waited in it. The loss at a
/// policer, which has no queue, cannot be distinguished from the path's own, nor can that of a queue that has stood for as long
/// as the shortest round trip is remembered.
/// </summary>
internal struct ResidualLoss
{
    /// <summary>The largest loss that is believed to be the path's own.</summary>
    private const long Most = 50_000;

    private const long Unknown = -1;
    private const double LargestPart = 10;
    private const double Million = 1e6;

    private bool _isMeasuring;
    private long _deliveredBefore;
    private long _lost;
    private long _last = Unknown;
    private long _secondLast = Unknown;

    public ResidualLoss()
    {
    }

    /// <summary>0 to 0.05; while nothing is known, the most that it may be.</summary>
    public readonly double Value =>
        (_last is Unknown ? Most : _secondLast is Unknown ? _last : Math.Min(_last, _secondLast)) / Million;

    /// <summary>
    /// The most bytes of <paramref name="flight"/> that are likely to be lost by chance: two standard deviations above the mean;
    /// a tenth of a few segments, where that says nothing.
    /// </summary>
    public readonly double Likely(long flight, long segment) =>
        Math.Min(Value * flight + 2 * Math.Sqrt(Value * flight * segment), flight / LargestPart);

    /// <summary>Bytes delivered from now on were sent without a probe.</summary>
    public void Begin(in AcknowledgmentSample sample)
    {
        if (!_isMeasuring) (_isMeasuring, _deliveredBefore, _lost) = (true, sample.TotalDelivered, 0);
    }

    /// <summary>Counts what an acknowledgment found lost, where its round trip saw no queue.</summary>
    /// <param name="sample">What the acknowledgment told.</param>
    /// <param name="lost">Bytes found lost.</param>
    /// <param name="burst">Time that the sender's own bursts wait for each other.</param>
    public void OnAcknowledged(in AcknowledgmentSample sample, long lost, TimeSpan burst)
    {
        if (!_isMeasuring || lost == 0 || sample.RoundTrip <= TimeSpan.Zero) return;
        if (!sample.SawQueue(sample.RoundTrip, burst)) _lost += lost;
    }

    /// <summary>A probe begins.</summary>
    /// <param name="sample">What the last acknowledgment told.</param>
    /// <param name="enough">Bytes that must have been delivered for it to tell. With less, what was known stays; a flow that
    /// small has nothing to allow for.</param>
    public void End(in AcknowledgmentSample sample, long enough)
    {
        if (!_isMeasuring) return;
        _isMeasuring = false;
        var delivered = sample.TotalDelivered - _deliveredBefore;
        if (delivered >= enough) (_secondLast, _last) = (_last, Math.Min((long)(Million * _lost / (delivered + _lost)), Most));
        else if (_last is Unknown) _last = 0;
    }

    public void Carry(ref NumberCarrier numbers, long mostBytes)
    {
        numbers.Carry(ref _isMeasuring);
        numbers.Carry(ref _deliveredBefore, 0, mostBytes);
        numbers.Carry(ref _lost, 0, mostBytes);
        numbers.Carry(ref _last, Unknown, Most);
        numbers.Carry(ref _secondLast, Unknown, Most);
    }
}
