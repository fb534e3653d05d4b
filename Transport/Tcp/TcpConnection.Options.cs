using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Tcp.Timers;

namespace ActorStack.Transport.Tcp;

/// <summary>Changes of the socket options (<see cref="SocketOptions"/>) while the connection lives.</summary>
public sealed partial class TcpConnection
{
    /// <summary>Query: the options in force.</summary>
    public SocketOptions Options => _options;

    /// <summary>Application call: sets the options. TryTransmit then sends what the former options held back.</summary>
    public void SetOptions(SocketOptions options, TimeSpan now)
    {
        var before = _options;
        _options = options;
        if (State is TcpState.Closed) return;
        if (!options.Cork) _timers.Stop(TcpTimer.Cork);
        _pending.CorkExpired = options.Cork && (_pending.CorkExpired || (options.NoDelay && !before.NoDelay));
        if (options.QuickAck is true && _timers.IsRunning(TcpTimer.DelayedAck)) _pending.Ack = true;
        ChangeKeepalive(before);
        ChangeCongestion(now);
        if (options.MaximumSegmentSize != before.MaximumSegmentSize) _congestion.OnSegmentSize(SegmentPayload);
        LimitSending();
        if (options.ReceiveBuffer != before.ReceiveBuffer) _receive.Raise(Math.Min(2 * _tuning.Fullest, ReceiveBound));
        CheckOrphaned(now);
    }

    /// <summary>The idle time counts from the peer's last segment.</summary>
    private void ChangeKeepalive(SocketOptions before)
    {
        if (!_options.KeepAlive) _timers.Stop(TcpTimer.Keepalive);
        else if (!before.KeepAlive || before.KeepaliveIdle != _options.KeepaliveIdle) RestartKeepalive(_liveness.LastReceived);
    }

    /// <summary>
    /// The new algorithm continues with window and threshold, as in Linux; a recovery under way continues by its rules.
    /// </summary>
    private void ChangeCongestion(TimeSpan now)
    {
        if (_options.CongestionAlgorithm == _congestion.Name) return;
        _congestion = CongestionControls.Succeed(_congestion, _options.CongestionAlgorithm, SegmentPayload, _snd.Iss.Value, now);
        if (!_congestion.UsesProportionalRateReduction) _reduction.End();
    }

    /// <summary>The first payload has arrived: the application of a deferred connection begins (TCP_DEFER_ACCEPT).</summary>
    private void EndDeferral()
    {
        if (!_timers.IsRunning(TcpTimer.DeferAccept)) return;
        _timers.Stop(TcpTimer.DeferAccept);
        _events |= TcpEvents.Established;
    }
}
