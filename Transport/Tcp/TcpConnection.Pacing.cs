using ActorStack.Transport.Tcp.Sending;
using ActorStack.Transport.Tcp.Timers;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// When payload may be sent, and how much at once. BBR is always paced. Algorithms that have a window only are paced where it is
/// configured, at Linux's rates (sk_pacing_rate); otherwise acknowledgments clock them. A first flight after idle has no such
/// clock, and the window was kept (RFC 7661 section 4.4.2): it is spread over a round trip. The first flight of a connection is
/// the initial window and is sent at once.
/// </summary>
public sealed partial class TcpConnection
{
    private const double SlowStartPacing = 2;
    private const double AvoidancePacing = 1.2;

    /// <summary>Bytes a second; null: not paced.</summary>
    private long? PacingRate => _congestion.PacingRate ?? (_settings.Pacing || _pacer.PacesRestart ? WindowRate : null);

    private long? WindowRate
    {
        get
        {
            if (_rtt.Smoothed <= TimeSpan.Zero) return null;
            var gain = _congestion.Window < _congestion.SlowStartThreshold / 2 ? SlowStartPacing : AvoidancePacing;
            return Math.Max(1, (long)(gain * Math.Max(_congestion.Window, InFlight) / _rtt.Smoothed.TotalSeconds));
        }
    }

    /// <summary>Bytes of the largest segment that may be given to the link at once, in whole wire segments.</summary>
    private int MaximumBurst => PacingRate is { } rate
        ? (int)Math.Min(_settings.MaximumSegmentPayload, Pacer.Burst(rate, FullSegment) / FullSegment * FullSegment)
        : _settings.MaximumSegmentPayload;

    /// <summary>True: the next burst has to wait, and the timer runs.</summary>
    private bool MustPace(TimeSpan now)
    {
        if (!_pacer.MustWait(now) || PacingRate is null) return false;
        _timers.Start(TcpTimer.Pacing, _pacer.Next);
        return true;
    }
}
