using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>What an acknowledgment does to the send side: SND.UNA, the window, round trips, congestion, recovery.</summary>
public sealed partial class TcpConnection
{
    private RttEstimator _rtt;
    private ICongestionControl _congestion;
    private NewRenoRecovery _recovery;
    private bool _cwndLimited;
    private bool _isTiming;
    private SequenceNumber _timedSequence;
    private TimeSpan _timedAt;

    /// <summary>Sequence numbers sent and not acknowledged.</summary>
    private uint InFlight => (uint)(_sndNxt - _sndUna);

    private void ProcessAcknowledgment(in TcpSegment segment, TimeSpan now)
    {
        if (segment.Acknowledgment > _sndUna) Advance(segment, now);
        else if (IsDuplicate(segment) && _recovery.OnDuplicate(_sndUna, _sndMax, SegmentPayload)) EnterRecovery(now);
        UpdateSendWindow(segment);

        // A peer that acknowledges with its window closed is alive (RFC 9293 section 3.8.6.1).
        if (_sndWnd == 0) _retransmitCount = 0;
    }

    /// <summary>RFC 5681 section 2; with SACK the blocks say it, whatever the window does.</summary>
    private bool IsDuplicate(in TcpSegment segment)
    {
        if (segment.Acknowledgment != _sndUna || _sndUna == _sndMax || segment.Length > 0) return false;
        if (_sackPermitted && segment.Options.SackCount > 0) return segment.Options.Sack[0].Right > _sndUna;
        return !_sackPermitted && (uint)segment.Window << _sndWindScale == _sndWnd;
    }

    private void Advance(in TcpSegment segment, TimeSpan now)
    {
        var acknowledged = (uint)(segment.Acknowledgment - _sndUna);
        SampleRtt(segment, now);
        _sndUna = segment.Acknowledgment;
        if (_sndNxt < _sndUna) _sndNxt = _sndUna; // beyond what was resent after a timeout
        var data = (int)Math.Min(_sndUna - _dataUna, _send.Length);
        _dataUna += data;
        _bytesSent += data;
        if (data > 0) _send.Acknowledge(data);
        _retransmitCount = 0;
        _retransmittingSince = null;
        _persistProbes = 0;

        var repairing = _recovery.IsActive;
        if (_recovery.OnAdvance(_sndUna, acknowledged, SegmentPayload)) _retransmitPending = true;
        _congestion.OnAcknowledged(new AcknowledgmentSample { Now = now, Acknowledged = acknowledged, IsRecovering = repairing, IsWindowLimited = _cwndLimited });

        if (_sndUna == _sndMax) _timers.Stop(TcpTimer.Retransmit);
        else StartRetransmitTimer(now);
        if (_finSent && _sndUna == _sndMax) OnFinAcknowledged(now);
    }

    private void EnterRecovery(TimeSpan now)
    {
        _congestion.OnCongestion(CongestionSignal.Loss, new AcknowledgmentSample { Now = now, PriorInFlight = InFlight });
        _retransmitPending = true;
    }

    /// <summary>RFC 9293 section 3.10.7.4: neither older segments nor older acknowledgments change the window.</summary>
    private void UpdateSendWindow(in TcpSegment segment)
    {
        if (_sndWl1 > segment.Sequence || (_sndWl1 == segment.Sequence && _sndWl2 > segment.Acknowledgment)) return;
        SetSendWindow(segment);
        if (_sndWnd == 0) return;
        _timers.Stop(TcpTimer.Persist);
        _persistingSince = null;
    }

    /// <summary>
    /// A timed segment gives the finest sample and is never one that was resent (Karn); after a retransmission the echoed
    /// timestamp tells (RFC 7323 section 4), in milliseconds. Only where it is of the last transmission: an older echo also comes
    /// where the acknowledgment was lost, and would add the timeout to the round trip, and so on to the next timeout.
    /// </summary>
    private void SampleRtt(in TcpSegment segment, TimeSpan now)
    {
        if (_isTiming)
        {
            if (segment.Acknowledgment <= _timedSequence) return;
            _isTiming = false;
            _rtt.Sample(now - _timedAt);
        }
        else if (_timestamps && segment.Options.HasTimestamps && (int)(segment.Options.TimestampEcho - TimestampValue(_lastSent)) >= 0)
        {
            var milliseconds = (int)(TimestampValue(now) - segment.Options.TimestampEcho);
            if (milliseconds > 0) _rtt.Sample(TimeSpan.FromMilliseconds(milliseconds));
        }
    }
}
