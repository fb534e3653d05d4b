using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// When text may leave, and how much at once. BBR is always paced. Algorithms with a window only are paced where it is configured, at
/// Linux's rates (sk_pacing_rate); else acknowledgments clock them. But a first flight after idle has no such clock, and the window was
/// kept (RFC 7661 section 4.4.2): it is spread over a round trip. The first flight of a connection is the initial window and goes at once.
/// </summary>
public sealed partial class TcpConnection
{
    private const double SlowStartPacing = 2;
    private const double AvoidancePacing = 1.2;

    private Pacer _pacer;
    private bool _pacesRestart;
    private SequenceNumber _cwndLimitedThrough;
    private uint _mostOutstanding;

    /// <summary>Bytes a second; null: not paced.</summary>
    private long? PacingRate => _congestion.PacingRate ?? (_settings.Pacing || _pacesRestart ? WindowRate : null);

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

    /// <summary>True: not now, and the timer runs.</summary>
    private bool MustPace(TimeSpan now)
    {
        if (!_pacer.MustWait(now) || PacingRate is null) return false;
        _timers.Start(TcpTimer.Pacing, _pacer.Next);
        return true;
    }

    /// <summary>
    /// How much of the window is used, over one round, as in Linux (tcp_cwnd_validate): that it held the sender back at one
    /// moment of the round, for pacing seldom fills it at every moment; or else the most that was outstanding.
    /// </summary>
    private void NoteWindowUse(bool isLimited)
    {
        var isNewRound = _sndUna >= _cwndLimitedThrough;
        if (!isNewRound && !isLimited && (_cwndLimited || Outstanding <= _mostOutstanding)) return;
        (_cwndLimited, _mostOutstanding, _cwndLimitedThrough) = (isLimited, Outstanding, _sndMax);
    }

    private void Pace(int bytes, TimeSpan now)
    {
        if (PacingRate is { } rate) _pacer.OnSent(bytes, rate, FullSegment, now);
    }

    /// <summary>An engine that keeps no account of it begins a round with what is outstanding.</summary>
    private void ImportWindowUse(CongestionSection section)
    {
        _cwndLimitedThrough = new SequenceNumber(section.CwndLimitedThrough);
        _mostOutstanding = section.MostOutstanding;
        if (_mostOutstanding == 0) (_mostOutstanding, _cwndLimitedThrough) = (Outstanding, _sndMax);
    }

    private PacingSection ExportPacing(TimeSpan now) => new()
    {
        NextTicks = _pacer.Export(now),
        PacesRestart = _pacesRestart,
    };

    private void ImportPacing(PacingSection section, TimeSpan now)
    {
        _pacesRestart = section.PacesRestart;
        _pacer.Restore(section.NextTicks, now);
    }
}
