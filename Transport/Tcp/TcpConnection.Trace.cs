using ActorStack.Transport.Tcp.Timers;

namespace ActorStack.Transport.Tcp;

/// <summary>The event trace costs one comparison with null where there is none.</summary>
public sealed partial class TcpConnection
{
    /// <summary>
    /// The trace of this connection, or null. It is not part of the record: whoever moves the connection hands it on.
    /// </summary>
    public ITcpTrace? Trace { get; set; }

    private TcpTraceMetrics TraceMetrics => new(
        State, (byte)_recovery.State, _congestion.Window, _congestion.SlowStartThreshold, InFlight, _snd.Window, PacingRate ?? 0,
        _scoreboard.TotalLost, _rtt.Smoothed, _rtt.Variation, _rtt.Minimum, _rtt.Rto, _tally.BytesSent, _tally.BytesReceived,
        _snd.DataUna, _rcv.Nxt);

    private bool Expires(TcpTimer timer, TimeSpan due, TimeSpan now)
    {
        if (!_timers.Expire(timer, due)) return false;
        Trace?.OnTimer(timer.ToString(), TraceMetrics, now);
        return true;
    }
}
