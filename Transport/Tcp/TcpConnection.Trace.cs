namespace ActorStack.Transport.Tcp;

/// <summary>The event trace: one comparison with null where there is none.</summary>
public sealed partial class TcpConnection
{
    /// <summary>Not part of the record: whoever moves the connection hands it on.</summary>
    public ITcpTrace? Trace { get; set; }

    private TcpTraceMetrics TraceMetrics => new(
        State, (byte)_recovery, _congestion.Window, _congestion.SlowStartThreshold, InFlight, _sndWnd, PacingRate ?? 0,
        _scoreboard.TotalLost, _rtt.Smoothed, _rtt.Variation, _rtt.Minimum, _rtt.Rto, _bytesSent, _bytesReceived, _dataUna, _rcvNxt);

    private bool Expires(TcpTimer timer, TimeSpan now)
    {
        if (!_timers.Expire(timer, now)) return false;
        Trace?.OnTimer(timer.ToString(), TraceMetrics, now);
        return true;
    }
}
