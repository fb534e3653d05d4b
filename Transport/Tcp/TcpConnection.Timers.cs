using System.Net.Sockets;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Congestion;

namespace ActorStack.Transport.Tcp;

/// <summary>What happens when a deadline has come (RFC 6298 section 5, RFC 9293 sections 3.8.3, 3.8.4, 3.8.6.1).</summary>
public sealed partial class TcpConnection
{
    private TimerTable _timers = new();
    private int _retransmitCount;
    private TimeSpan? _retransmittingSince;
    private int _persistProbes;
    private int _keepaliveProbes;

    private void StartRetransmitTimer(TimeSpan now) => _timers.Start(TcpTimer.Retransmit, now + _rtt.Rto);

    private void OnRetransmitTimeout(TimeSpan now)
    {
        if (_sndUna == _sndMax) return;
        _retransmittingSince ??= now;
        var limit = IsSynchronized ? _settings.MaximumRetransmits : _settings.MaximumSynRetransmits;
        var userTimeout = _settings.UserTimeout > TimeSpan.Zero && now - _retransmittingSince >= _settings.UserTimeout;
        if (_retransmitCount >= limit || userTimeout)
        {
            EnterClosed(new SocketException((int)SocketError.TimedOut));
            return;
        }

        _retransmitCount++;
        _rtt.BackOff();
        _isTiming = false;
        StartRetransmitTimer(now);
        if (!IsSynchronized)
        {
            _synPending = true;
            return;
        }

        // Go back to the first unacknowledged number and slow-start from there (RFC 5681 section 3.1).
        _congestion.OnCongestion(
            _retransmitCount == 1 ? CongestionSignal.Timeout : CongestionSignal.RepeatedTimeout,
            new AcknowledgmentSample { Now = now, PriorInFlight = (uint)(_sndMax - _sndUna) });
        _recovery.OnTimeout(_sndMax);
        _sndNxt = _sndUna;
        _retransmitPending = true;
    }

    /// <summary>
    /// The window stays shut, or too small to be worth a segment: probe it, or fill what there is of it. A peer that answers is
    /// probed for ever (RFC 9293 section 3.8.6.1), one that fell silent is given up.
    /// </summary>
    private void OnPersistTimeout(TimeSpan now)
    {
        if (_persistProbes >= _settings.MaximumRetransmits && now - _lastReceived >= _settings.MaximumRto * _settings.MaximumRetransmits)
        {
            EnterClosed(new SocketException((int)SocketError.TimedOut));
            return;
        }

        _persistProbes++;
        _probePending = true;
    }

    private void OnKeepaliveTimeout(TimeSpan now)
    {
        if (_keepaliveProbes >= _settings.KeepaliveCount)
        {
            OweReset(_sndMax);
            EnterClosed(new SocketException((int)SocketError.TimedOut));
            return;
        }

        _keepaliveProbes++;
        _probePending = true;
        _timers.Start(TcpTimer.Keepalive, now + _settings.KeepaliveInterval);
    }

    /// <summary>Nobody is left to read what the peer may still send: FIN-WAIT-2 lasts no longer than TIME-WAIT, as in Linux.</summary>
    private void BoundFinWait2(TimeSpan now)
    {
        if (State is TcpState.FinWait2 && _receive.IsAbandoned && !_timers.IsRunning(TcpTimer.TimeWait))
            _timers.Start(TcpTimer.TimeWait, now + _settings.TimeWait);
    }

    private void RestartKeepalive(TimeSpan now)
    {
        if (_settings.KeepAlive && IsSynchronized && State is not TcpState.TimeWait) _timers.Start(TcpTimer.Keepalive, now + _settings.KeepaliveIdle);
    }
}
