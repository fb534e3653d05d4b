using System.Net.Sockets;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Recovery;
using ActorStack.Transport.Tcp.Statistics;
using ActorStack.Transport.Tcp.Timers;

namespace ActorStack.Transport.Tcp;

/// <summary>Reaction to the timers (RFC 6298 section 5, RFC 9293 sections 3.8.3, 3.8.4, 3.8.6.1).</summary>
public sealed partial class TcpConnection
{
    /// <summary>
    /// The least time, as in Linux, after which what the peer SACKed at the left edge and does not acknowledge counts as reneged.
    /// </summary>
    private static readonly TimeSpan MinimumReneging = TimeSpan.FromMilliseconds(10);

    /// <summary>The shortest wait for which the reordering timer starts.</summary>
    private static readonly TimeSpan MinimumReordering = TimeSpan.FromMilliseconds(1);

    private int RetransmitLimit => !IsSynchronized ? _options.MaximumSynRetransmits
        : IsOrphan ? _settings.MaximumOrphanRetransmits
        : _settings.MaximumRetransmits;

    /// <summary>
    /// Input, before anything is sent: the round trip that an earlier connection to this destination had. A lost SYN,ACK is
    /// retransmitted sooner. A SYN is not: its first retransmission goes without what may have been dropped for itself (Fast
    /// Open, ECN), and must not be sent too early.
    /// </summary>
    public void ExpectRoundTrip(TimeSpan roundTrip)
    {
        if (_isPassive) _rtt.Expect(roundTrip);
    }

    private void StartRetransmitTimer(TimeSpan now) =>
        _timers.Start(TcpTimer.Retransmit, now + _options.WithinUserTimeout(_rtt.Rto, _retransmission.Since, now));

    private void StartReorderingTimer(TimeSpan left, TimeSpan now) =>
        _timers.Start(TcpTimer.Reordering, now + (left < MinimumReordering ? MinimumReordering : left));

    private void StartRenegingTimer(TimeSpan now)
    {
        var wait = _rtt.Smoothed / 2 < MinimumReneging ? MinimumReneging : _rtt.Smoothed / 2;
        if (wait < _rtt.Rto) _timers.Start(TcpTimer.Retransmit, now + wait);
    }

    private void StartPersistTimer(TimeSpan now)
    {
        if (_pending.Probe || _timers.IsRunning(TcpTimer.Persist)) return;
        var wait = _rtt.Doubled(_liveness.PersistProbes);
        _timers.Start(TcpTimer.Persist, now + _options.WithinUserTimeout(wait, _liveness.PersistingSince, now));
    }

    private void RestartKeepalive(TimeSpan now)
    {
        if (_options.KeepAlive && IsSynchronized && State is not TcpState.TimeWait)
            _timers.Start(TcpTimer.Keepalive, now + _options.KeepaliveIdle);
    }

    /// <summary>
    /// RFC 8985 section 7.2: the probe is scheduled only where nothing is amiss, and never later than the retransmission timer.
    /// </summary>
    private void ScheduleProbe(TimeSpan now)
    {
        if (!_negotiated.Sack || !IsSynchronized || !_recovery.IsQuiet)
        {
            _timers.Stop(TcpTimer.TailLossProbe);
            return;
        }

        if (!_timers.IsRunning(TcpTimer.Retransmit)) StartRetransmitTimer(now);
        _timers.Start(TcpTimer.TailLossProbe, TailLossProbe.Deadline(_rtt, _scoreboard.LoneSegmentSentAt, now));
        _timers.Align(TcpTimer.TailLossProbe, TcpTimer.Retransmit);
    }

    /// <summary>
    /// One probe at a time. Where one is outstanding, or acknowledgments came meanwhile, the retransmission timer decides.
    /// </summary>
    private void OnProbeTimeout(TimeSpan now)
    {
        if (_snd.Outstanding == 0 || _probe.End is not null || !_recovery.IsQuiet) return;
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
            HighestBefore = _snd.Una,
            RecoveryPoint = _snd.Una,
            MinimumRoundTrip = _rtt.Minimum,
            Echo = null,
            TimestampOffset = _timestamps.Offset,
        };
        DetectLoss(ref delivery);
        if (InFlight == flight) return;
        if (_recovery.State is RecoveryState.Recovery)
        {
            _reduction.OnLost(flight - InFlight, InFlight, _congestion.SlowStartThreshold);
        }
        else if (_recovery.State is not RecoveryState.Loss)
        {
            EnterRecovery(delivery, flight);
            _reduction.OnDelivered(0, InFlight, _congestion.SlowStartThreshold, SegmentPayload, isSafe: false);
        }

        StartRetransmitTimer(now);
    }

    private void OnRetransmitTimeout(TimeSpan now)
    {
        if (_snd.IsAcknowledged) return;
        _retransmission.OnTimeout(now);
        _settings.Counters.Count(TcpExt.TCPTimeouts);
        if (_retransmission.Count >= RetransmitLimit || _options.IsOverUserTimeout(_retransmission.Since, now))
        {
            GiveUp();
            return;
        }

        if (!_rtt.IsExpected) _retransmission.Increment(); // an early timeout, on expectation, does not bring the end nearer
        _rtt.BackOff();
        StartRetransmitTimer(now);
        if (!IsSynchronized)
        {
            _pending.Syn = true;
            if (State is TcpState.SynSent && _snd.Max > _snd.Iss + 1) _fastOpen.Fail();
            return;
        }

        DetectBlackHole(now);
        EnterLoss(now);
    }

    /// <summary>
    /// The window stays shut, or too small for a full segment: probe it, or fill what there is of it. A peer that answers is
    /// probed for ever (RFC 9293 section 3.8.6.1); one that fell silent is given up. The user timeout bounds the wait, where
    /// there is one (RFC 5482), and so does the limit of orphans where the application has left: a peer could hold memory at will
    /// otherwise.
    /// </summary>
    private void OnPersistTimeout(TimeSpan now)
    {
        _liveness.OnPersistTimeout(now);
        var isSilent = _liveness.PersistProbes >= _settings.MaximumRetransmits
            && now - _liveness.LastReceived >= _settings.MaximumRto * _settings.MaximumRetransmits;
        var isHeldUp = IsOrphan && _liveness.PersistProbes >= _settings.MaximumOrphanRetransmits;
        if (isHeldUp) _settings.Counters.Count(TcpExt.TCPAbortOnMemory);
        if (isSilent || isHeldUp || _options.IsOverUserTimeout(_liveness.PersistingSince, now))
        {
            _pending.OweReset(_snd.Max);
            GiveUp();
            return;
        }

        _liveness.OnPersistProbe();
        _pending.Probe = true;
    }

    /// <summary>
    /// A keepalive probe is sent only where nothing waits for the peer (RFC 9293 section 3.8.4). Otherwise the retransmission and
    /// persist timers ask the peer, each with its own limit.
    /// </summary>
    private void OnKeepaliveTimeout(TimeSpan now)
    {
        if (_snd.Outstanding > 0 || HasUnsent)
        {
            RestartKeepalive(now);
            return;
        }

        if (_liveness.KeepaliveProbes >= _options.KeepaliveCount)
        {
            _pending.OweReset(_snd.Max);
            GiveUp();
            return;
        }

        _settings.Counters.Count(TcpExt.TCPKeepAlive);
        _liveness.OnKeepaliveProbe();
        _pending.Probe = true;
        _timers.Start(TcpTimer.Keepalive, now + _options.KeepaliveInterval);
    }

    private void GiveUp()
    {
        _settings.Counters.Count(TcpExt.TCPAbortOnTimeout);
        EnterClosed(new SocketException((int)SocketError.TimedOut));
    }
}
