using System.Net.Sockets;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Recovery;

namespace ActorStack.Transport.Tcp;

/// <summary>What happens when a deadline has come (RFC 6298 section 5, RFC 9293 sections 3.8.3, 3.8.4, 3.8.6.1).</summary>
public sealed partial class TcpConnection
{
    /// <summary>As in Linux: so long may what the peer SACKed stay unacknowledged at the left edge before it counts as reneged.</summary>
    private static readonly TimeSpan MinimumReneging = TimeSpan.FromMilliseconds(10);

    /// <summary>Nothing shorter is worth a timer.</summary>
    private static readonly TimeSpan MinimumReordering = TimeSpan.FromMilliseconds(1);

    private TimerTable _timers = new();
    private int _retransmitCount;
    private TimeSpan? _retransmittingSince;
    private int _persistProbes;
    private TimeSpan? _persistingSince;
    private int _keepaliveProbes;

    private int RetransmitLimit =>
        !IsSynchronized ? _options.MaximumSynRetransmits : IsOrphan ? _settings.MaximumOrphanRetransmits : _settings.MaximumRetransmits;

    /// <summary>
    /// Before anything is sent: the round trip that an earlier connection to this destination had. A lost SYN,ACK is sent again sooner. A SYN
    /// is not: its first retransmission goes without what may have been dropped for itself (Fast Open, ECN), and must not come of haste.
    /// </summary>
    public void ExpectRoundTrip(TimeSpan roundTrip)
    {
        if (_isPassive) _rtt.Expect(roundTrip);
    }

    private void StartRetransmitTimer(TimeSpan now) =>
        _timers.Start(TcpTimer.Retransmit, now + WithinUserTimeout(_rtt.Rto, _retransmittingSince, now));

    private void StartReorderingTimer(TimeSpan left, TimeSpan now) =>
        _timers.Start(TcpTimer.Reordering, now + (left < MinimumReordering ? MinimumReordering : left));

    private void StartRenegingTimer(TimeSpan now)
    {
        var wait = _rtt.Smoothed / 2 < MinimumReneging ? MinimumReneging : _rtt.Smoothed / 2;
        if (wait < _rtt.Rto) _timers.Start(TcpTimer.Retransmit, now + wait);
    }

    /// <summary>RFC 8985 section 7.2: only where nothing is amiss, and never later than the retransmission timer.</summary>
    private void ScheduleProbe(TimeSpan now)
    {
        if (!_sackPermitted || !IsSynchronized || _recovery is not (RecoveryState.Open or RecoveryState.Reduced))
        {
            _timers.Stop(TcpTimer.TailLossProbe);
            return;
        }

        if (!_timers.IsRunning(TcpTimer.Retransmit)) StartRetransmitTimer(now);
        _timers.Start(TcpTimer.TailLossProbe, TailLossProbe.Deadline(_rtt, LoneSegmentSentAt, now));
        _timers.Align(TcpTimer.TailLossProbe, TcpTimer.Retransmit);
    }

    /// <summary>Null: there are more, or none. Several small ones count as more (RFC 8985 section 7.2: FlightSize is one segment).</summary>
    private TimeSpan? LoneSegmentSentAt => _scoreboard.Count == 1 && _scoreboard[0].Segments == 1 ? _scoreboard[0].SentAt : null;

    /// <summary>One probe at a time; where one is out already, or acknowledgments came meanwhile, the retransmission timer decides.</summary>
    private void OnProbeTimeout(TimeSpan now)
    {
        if (Outstanding == 0 || _probe.End is not null || _recovery is not (RecoveryState.Open or RecoveryState.Reduced)) return;
        _probe.IsPending = true;
        StartRetransmitTimer(now);
    }

    /// <summary>What was in doubt is lost now (RFC 8985 section 6.3).</summary>
    private void OnReorderingTimeout(TimeSpan now)
    {
        var flight = InFlight;
        var delivery = new Delivery
        {
            Now = now,
            HighestBefore = _sndUna,
            RecoveryPoint = _sndUna,
            MinimumRoundTrip = _rtt.Minimum,
            Echo = null,
            TimestampOffset = _timestampOffset,
        };
        DetectLoss(ref delivery);
        if (InFlight == flight) return;
        if (_recovery is RecoveryState.Recovery)
        {
            _reduction.OnLost(flight - InFlight, InFlight, _congestion.SlowStartThreshold);
        }
        else if (_recovery is not RecoveryState.Loss)
        {
            EnterRecovery(delivery, flight);
            _reduction.OnDelivered(0, InFlight, _congestion.SlowStartThreshold, SegmentPayload, isSafe: false);
        }

        StartRetransmitTimer(now);
    }

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

        if (!_rtt.IsExpected) _retransmitCount++; // early, on expectation: the time to give up stays
        _rtt.BackOff();
        StartRetransmitTimer(now);
        if (!IsSynchronized)
        {
            _synPending = true;
            NoteFastOpenTimeout();
            return;
        }

        DetectBlackHole(now);
        EnterLoss(now);
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

    /// <summary>
    /// Only where nothing waits for the peer (RFC 9293 section 3.8.4): else the retransmission and persist timers ask it, each with a
    /// patience of its own.
    /// </summary>
    private void OnKeepaliveTimeout(TimeSpan now)
    {
        if (Outstanding > 0 || HasUnsent)
        {
            RestartKeepalive(now);
            return;
        }

        if (_keepaliveProbes >= _options.KeepaliveCount)
        {
            OweReset(_sndMax);
            GiveUp();
            return;
        }

        _settings.Counters.Count(TcpExt.TCPKeepAlive);
        _keepaliveProbes++;
        _probePending = true;
        _timers.Start(TcpTimer.Keepalive, now + _options.KeepaliveInterval);
    }

    private bool IsOverUserTimeout(TimeSpan? since, TimeSpan now) =>
        _options.UserTimeout > TimeSpan.Zero && since is { } began && now - began >= _options.UserTimeout;

    /// <summary>A wait for the peer, backed off, must not put off the end that the user timeout sets (RFC 5482 section 3), as in Linux.</summary>
    private TimeSpan WithinUserTimeout(TimeSpan wait, TimeSpan? since, TimeSpan now)
    {
        if (_options.UserTimeout <= TimeSpan.Zero || since is not { } began) return wait;
        var left = _options.UserTimeout - (now - began);
        return left < wait ? left : wait;
    }

    private void GiveUp()
    {
        _settings.Counters.Count(TcpExt.TCPAbortOnTimeout);
        EnterClosed(new SocketException((int)SocketError.TimedOut));
    }

    private void RestartKeepalive(TimeSpan now)
    {
        if (_options.KeepAlive && IsSynchronized && State is not TcpState.TimeWait) _timers.Start(TcpTimer.Keepalive, now + _options.KeepaliveIdle);
    }
}
