using ActorStack.Transport.Tcp.Congestion;

namespace ActorStack.Transport.Tests.Tcp.Congestion;

/// <summary>
/// Feeds a loss-based algorithm with whole windows in virtual time: each round its window is sent and acknowledged segment by
/// segment.
/// </summary>
internal sealed class AcknowledgmentDriver(ICongestionControl control, uint segment = 1000)
{
    /// <summary>
    /// Of a larger window only so much is acknowledged in a round: what a hostile record says must not take for ever.
    /// </summary>
    private const int MostSegments = 2_000;

    private long _through;

    public ICongestionControl Control { get; private set; } = control;

    public TimeSpan Now { get; private set; } = TimeSpan.FromSeconds(10);

    public TimeSpan RoundTrip { get; set; } = TimeSpan.FromMilliseconds(100);

    public double Segments => (double)Control.Window / segment;

    /// <summary>Called before every acknowledgment: the place to replace the algorithm by its record.</summary>
    public Func<ICongestionControl, TimeSpan, ICongestionControl>? BeforeInput { get; set; }

    public void Rounds(int count, bool windowLimited = true, double usedPart = 1)
    {
        for (var round = 0; round < count; round++) Round(windowLimited, usedPart);
    }

    public void RunFor(TimeSpan time)
    {
        var end = Now + time;
        while (Now < end) Round(windowLimited: true, usedPart: 1);
    }

    public void Round(bool windowLimited, double usedPart)
    {
        var segments = Math.Clamp((int)(Control.Window * usedPart / segment), 1, MostSegments);
        var sent = _through + segments * segment;
        for (var i = 0; i < segments; i++)
        {
            Now += RoundTrip / segments;
            _through += segment;
            Carry();
            Control.OnAcknowledged(Sample(windowLimited) with
            {
                SentThrough = sent + (i + 1) * segment,
                MostOutstanding = (uint)segments * segment,
            });
        }
    }

    public void Congest(CongestionSignal signal, uint? inFlight = null)
    {
        Carry();
        Control.OnCongestion(
            signal, Sample(windowLimited: true) with { Acknowledged = 0, PriorInFlight = inFlight ?? Control.Window });
    }

    public void Idle(TimeSpan time)
    {
        Now += time;
        Control.OnIdleRestart(Now);
    }

    private AcknowledgmentSample Sample(bool windowLimited) => new()
    {
        Now = Now,
        Acknowledged = segment,
        Delivered = segment,
        AcknowledgedThrough = _through,
        RoundTrip = RoundTrip,
        SmoothedRoundTrip = RoundTrip,
        MinimumRoundTrip = RoundTrip,
        IsWindowLimited = windowLimited,
    };

    private void Carry() => Control = BeforeInput?.Invoke(Control, Now) ?? Control;
}
