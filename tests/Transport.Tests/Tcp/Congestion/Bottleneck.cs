using ActorStack.Transport.Tcp.Congestion;

namespace ActorStack.Transport.Tests.Tcp.Congestion;

/// <summary>
/// One flow over one bottleneck in virtual time: a rate, a tail-drop buffer, a delay. What is sent is paced and bounded by the
/// algorithm under test, which gets the samples that delivery rate estimation would give. A segment is lost when the third after
/// it arrives.
/// </summary>
internal sealed class Bottleneck(ICongestionControl control)
{
    public const int Segment = 1_000;

    private readonly PriorityQueue<Sent, (TimeSpan At, long Order)> _arrivals = new();
    private readonly SortedDictionary<long, Sent> _outstanding = [];
    private TimeSpan _nextSend;
    private TimeSpan _linkFree;
    private TimeSpan _deliveredAt;
    private TimeSpan _firstSent;
    private TimeSpan _smoothed;
    private long _order;
    private long _recoverThrough = -1;
    private bool _windowLimited;

    public ICongestionControl Control { get; private set; } = control;

    public TimeSpan Now { get; private set; } = TimeSpan.FromSeconds(1);

    /// <summary>Bytes a second.</summary>
    public double Rate { get; set; } = 1_250_000;

    public TimeSpan Delay { get; set; } = TimeSpan.FromMilliseconds(40);

    /// <summary>Bytes that may wait at the bottleneck.</summary>
    public double Buffer { get; set; } = 1_000_000;

    /// <summary>Of every so many segments one is lost; 0: none.</summary>
    public int LossEvery { get; set; }

    public long Delivered { get; private set; }

    public long Lost { get; private set; }

    public long InFlight { get; private set; }

    public Func<ICongestionControl, TimeSpan, ICongestionControl>? BeforeInput { get; set; }

    public Action<AcknowledgmentSample>? AfterAcknowledgment { get; set; }

    public void Run(TimeSpan time)
    {
        var end = Now + time;
        while (true)
        {
            while (InFlight + Segment <= Control.Window && _nextSend <= Now) Send();
            _windowLimited = InFlight + Segment > Control.Window;
            var next = _arrivals.TryPeek(out _, out var due) ? due.At : TimeSpan.MaxValue;
            if (!_windowLimited && _nextSend < next) next = _nextSend;
            if (next > end) break;
            Now = next;
            if (due.At <= Now && _arrivals.TryDequeue(out var sent, out _)) Arrive(sent);
        }

        Now = end;
    }

    private void Send()
    {
        if (InFlight == 0) _firstSent = _deliveredAt = Now;
        InFlight += Segment;
        var sent = new Sent(_order++, Now, Delivered, _deliveredAt, _firstSent, InFlight, Lost);
        _outstanding.Add(sent.Order, sent);
        if (Control.PacingRate is { } rate)
            _nextSend = (_nextSend > Now ? _nextSend : Now) + TimeSpan.FromSeconds((double)Segment / rate);
        var waiting = (_linkFree - Now).TotalSeconds * Rate;
        if (waiting > Buffer || (LossEvery > 0 && sent.Order % LossEvery == LossEvery - 1)) return;
        _linkFree = (_linkFree > Now ? _linkFree : Now) + TimeSpan.FromSeconds(Segment / Rate);
        _arrivals.Enqueue(sent, (_linkFree + Delay, sent.Order));
    }

    private void Arrive(Sent sent)
    {
        _outstanding.Remove(sent.Order);
        var prior = InFlight;
        InFlight -= Segment;
        Delivered += Segment;
        _deliveredAt = Now;
        _firstSent = sent.At;
        var lost = DetectLoss(sent.Order);
        var roundTrip = Now - sent.At;
        _smoothed = _smoothed == TimeSpan.Zero ? roundTrip : _smoothed * 0.875 + roundTrip * 0.125;
        var elapsed = sent.At - sent.FirstSent;
        if (Now - sent.DeliveredAt > elapsed) elapsed = Now - sent.DeliveredAt;
        var sample = new AcknowledgmentSample
        {
            Now = Now,
            Acknowledged = Segment,
            Delivered = Segment,
            InFlight = (uint)InFlight,
            PriorInFlight = (uint)prior,
            AcknowledgedThrough = Delivered,
            SentThrough = Delivered + InFlight,
            TotalDelivered = Delivered,
            PriorDelivered = sent.Delivered,
            TotalLost = Lost,
            PriorLost = sent.Lost,
            FlightAtSend = (uint)sent.Flight,
            Interval = elapsed,
            RoundTrip = roundTrip,
            SmoothedRoundTrip = _smoothed,
            MinimumRoundTrip = Delay,
            IsWindowLimited = _windowLimited,
            MostOutstanding = (uint)prior,
            IsRecovering = sent.Order <= _recoverThrough,
        };
        Control = BeforeInput?.Invoke(Control, Now) ?? Control;
        if (lost > 0 && sent.Order > _recoverThrough)
        {
            _recoverThrough = _order;
            Control.OnCongestion(CongestionSignal.Loss, sample);
        }

        Control.OnAcknowledged(sample);
        AfterAcknowledgment?.Invoke(sample);
    }

    private long DetectLoss(long newest)
    {
        var before = Lost;
        while (_outstanding.Count > 0 && _outstanding.First() is var (order, _) && order + 3 <= newest)
        {
            _outstanding.Remove(order);
            InFlight -= Segment;
            Lost += Segment;
        }

        return Lost - before;
    }

    private sealed record Sent(
        long Order, TimeSpan At, long Delivered, TimeSpan DeliveredAt, TimeSpan FirstSent, long Flight, long Lost);
}
