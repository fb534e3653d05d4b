using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Congestion;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// What the application settles (<see cref="SocketOptions"/>): cork, deferred acceptance, bounds of the queues.
/// </summary>
public sealed partial class TcpConnection
{
    /// <summary>As in Linux: so long may a cork hold back what is no full segment.</summary>
    private static readonly TimeSpan LongestCork = TimeSpan.FromMilliseconds(200);

    private SocketOptions _options;
    private bool _corkExpired;

    /// <summary>Query: those in force.</summary>
    public SocketOptions Options => _options;

    private long ReceiveBound => _options.ReceiveBuffer > 0 ? Math.Min(_options.ReceiveBuffer, _receive.Capacity) : _receive.Capacity;

    /// <summary>Application call: other options from now on. TryTransmit then sends what the former held back.</summary>
    public void SetOptions(SocketOptions options, TimeSpan now)
    {
        var before = _options;
        _options = options;
        if (State is TcpState.Closed) return;
        if (!options.Cork) _timers.Stop(TcpTimer.Cork);
        _corkExpired = options.Cork && (_corkExpired || (options.NoDelay && !before.NoDelay));
        if (options.QuickAck is true && _timers.IsRunning(TcpTimer.DelayedAck)) _ackPending = true;
        ChangeKeepalive(before);
        ChangeCongestion(now);
        if (options.MaximumSegmentSize != before.MaximumSegmentSize) _congestion.OnSegmentSize(SegmentPayload);
        LimitSending();
        if (options.ReceiveBuffer != before.ReceiveBuffer) _receive.Raise(Math.Min(2 * _tuning.Fullest, ReceiveBound));
        NoteLeft(now);
    }

    /// <summary>The full segments of <paramref name="length"/> bytes up to the end of what was written; the rest waits, but not for long.</summary>
    private int Corked(int length, int full, TimeSpan now)
    {
        if (_corkExpired)
        {
            _corkExpired = false;
            _timers.Stop(TcpTimer.Cork);
            return length;
        }

        if (length % full > 0 && !_timers.IsRunning(TcpTimer.Cork)) _timers.Start(TcpTimer.Cork, now + LongestCork);
        return length >= full ? length / full * full : -1;
    }

    /// <summary>The idle time counts from the peer's last segment.</summary>
    private void ChangeKeepalive(SocketOptions before)
    {
        if (!_options.KeepAlive) _timers.Stop(TcpTimer.Keepalive);
        else if (!before.KeepAlive || before.KeepaliveIdle != _options.KeepaliveIdle) RestartKeepalive(_lastReceived);
    }

    /// <summary>The new algorithm goes on with window and threshold, as in Linux; a recovery under way goes on by its rules.</summary>
    private void ChangeCongestion(TimeSpan now)
    {
        if (_options.CongestionAlgorithm == _congestion.Name) return;
        _congestion = CongestionControls.Succeed(_congestion, _options.CongestionAlgorithm, SegmentPayload, _iss.Value, now);
        if (!_congestion.UsesProportionalRateReduction) _reduction.End();
    }

    /// <summary>
    /// How far the application may be ahead: for a window in flight, for one more to send meanwhile, and for what waits beyond gaps, or a
    /// gap would keep the window from being used; less where it asked for less.
    /// </summary>
    private void LimitSending()
    {
        var limit = 2L * _congestion.Window + Math.Max(0, Outstanding - InFlight);
        if (_options.SendBuffer > 0) limit = Math.Min(limit, _options.SendBuffer);
        if (_options.NotSentLowWater > 0) limit = Math.Min(limit, Outstanding + _options.NotSentLowWater);
        _send.Limit = limit;
    }

    /// <summary>What the application of a deferred connection waits for is there.</summary>
    private void EndDeferral()
    {
        if (!_timers.IsRunning(TcpTimer.DeferAccept)) return;
        _timers.Stop(TcpTimer.DeferAccept);
        _events |= TcpEvents.Established;
    }

    private void ImportOptions(TcpConnectionState state) => _options = SocketOptions.From(state, _settings.Options);
}
