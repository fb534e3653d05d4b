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
    private TimeSpan? _persistingSince;
    private int _keepaliveProbes;

    /// <summary>The application reads no more and has written all: nobody waits for this connection.</summary>
    private bool IsOrphan => _receive.IsAbandoned && _send.IsCompleted;

    private int RetransmitLimit =>
        !IsSynchronized ? _settings.MaximumSynRetransmits : IsOrphan ? _settings.MaximumOrphanRetransmits : _settings.MaximumRetransmits;

    private void StartRetransmitTimer(TimeSpan now) => _timers.Start(TcpTimer.Retransmit, now + _rtt.Rto);

    private void OnRetransmitTimeout(TimeSpan now)
    {
        if (_sndUna == _sndMax) return;
        _retransmittingSince ??= now;
        _settings.Counters.Count(TcpExt.TCPTimeouts);
        if (_retransmitCount >= RetransmitLimit || IsOverUserTimeout(_retransmittingSince, now))
        {
            GiveUp();
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
    /// probed for ever (RFC 9293 section 3.8.6.1), one that fell silent is given up. The user timeout bounds it, where there is one
    /// (RFC 5482), and where the application has left, so does the limit of orphans: else a peer could hold memory at will.
    /// </summary>
    private void OnPersistTimeout(TimeSpan now)
    {
        _persistingSince ??= now;
        var isSilent = _persistProbes >= _settings.MaximumRetransmits
            && now - _lastReceived >= _settings.MaximumRto * _settings.MaximumRetransmits;
        var isHeldUp = IsOrphan && _persistProbes >= _settings.MaximumOrphanRetransmits;
        if (isHeldUp) _settings.Counters.Count(TcpExt.TCPAbortOnMemory);
        if (isSilent || isHeldUp || IsOverUserTimeout(_persistingSince, now))
        {
            OweReset(_sndMax);
            GiveUp();
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
            GiveUp();
            return;
        }

        _settings.Counters.Count(TcpExt.TCPKeepAlive);
        _keepaliveProbes++;
        _probePending = true;
        _timers.Start(TcpTimer.Keepalive, now + _settings.KeepaliveInterval);
    }

    private bool IsOverUserTimeout(TimeSpan? since, TimeSpan now) =>
        _settings.UserTimeout > TimeSpan.Zero && since is { } began && now - began >= _settings.UserTimeout;

    private void GiveUp()
    {
        _settings.Counters.Count(TcpExt.TCPAbortOnTimeout);
        EnterClosed(new SocketException((int)SocketError.TimedOut));
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
