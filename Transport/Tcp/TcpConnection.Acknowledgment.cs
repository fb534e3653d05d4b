using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Tcp.Recovery;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// What an acknowledgment does to the send side, in order: the scoreboard learns what arrived; round trip and delivery rate are
/// measured; the probe and the recovery take it up (TcpConnection.Recovery.cs); the congestion control hears of all of it; timers.
/// </summary>
public sealed partial class TcpConnection
{
    private readonly Scoreboard _scoreboard = new();
    private RttEstimator _rtt;
    private ICongestionControl _congestion;
    private DeliveryRate _rate;
    private Rack _rack = new();
    private TailLossProbe _probe;
    private bool _cwndLimited;

    /// <summary>Sequence numbers sent and not acknowledged (RFC 5681's FlightSize).</summary>
    private uint Outstanding => (uint)(_sndMax - _sndUna);

    /// <summary>Bytes believed to be in the network (RFC 6675's pipe).</summary>
    private long InFlight => Math.Max(0, _scoreboard.InFlight - DuplicateBytes);

    private void ProcessAcknowledgment(in TcpSegment segment, TimeSpan now)
    {
        var delivery = BeginDelivery(segment, now);
        delivery.IsDuplicate = IsDuplicate(segment);
        UpdateSendWindow(segment);
        if (_sndUna == _sndMax && !(_sackPermitted && segment.Options.SackCount > 0)) return;

        var flight = InFlight;
        var lost = _scoreboard.TotalLost;
        if (_sackPermitted) TakeSack(segment, ref delivery);
        if (segment.Acknowledgment > _sndUna) Advance(segment.Acknowledgment, ref delivery);
        if (!_sackPermitted) TakeDuplicate(ref delivery);
        NoteArrived(delivery);

        SampleRtt(delivery);
        var sample = _rate.OnDelivered(delivery, _rtt.Minimum);
        var isMarked = EchoesMark(segment);
        _tally.OnAcknowledgment(delivery, sample, SegmentPayload, isMarked);
        _rack.OnDelivered(delivery, _sndUna, _sndMax);
        if (delivery.Duplicate is { } duplicate) _undo.OnDuplicateReported(duplicate);
        if (_probe.OnAcknowledged(segment.Acknowledgment, delivery)) OnLossRepairedByProbe(delivery, flight);
        var wasRecovering = IsReducing;
        React(ref delivery, flight, lost);
        AnswerEcn(segment, delivery, flight);
        TellCongestion(delivery, Complete(sample, delivery, flight) with { IsRecovering = wasRecovering || IsReducing, Marked = isMarked ? (uint)delivery.Bytes : 0 });
        if (delivery.SackedBytes > 0) LimitSending();
        RestartTimers(delivery);
        if (_finSent && _sndUna == _sndMax) OnFinAcknowledged(now);
    }

    private Delivery BeginDelivery(in TcpSegment segment, TimeSpan now) => new()
    {
        Now = now,
        HighestBefore = _scoreboard.HighestDelivered ?? _sndUna,
        RecoveryPoint = _recoveryPoint ?? _sndUna,
        MinimumRoundTrip = _rtt.Minimum,
        Echo = _timestamps && segment.Options.HasTimestamps && segment.Options.TimestampEcho != 0 ? segment.Options.TimestampEcho : null,
        TimestampOffset = _timestampOffset,
    };

    /// <summary>RFC 5681 section 2, for peers without SACK; with it the blocks say what arrived.</summary>
    private bool IsDuplicate(in TcpSegment segment) =>
        segment.Acknowledgment == _sndUna && _sndUna != _sndMax && segment.Length == 0 && (uint)segment.Window << _sndWindScale == _sndWnd;

    /// <summary>SACK blocks from the lowest up (RFC 2018), but the first where it reports a duplicate (RFC 2883 section 4).</summary>
    private void TakeSack(in TcpSegment segment, ref Delivery delivery)
    {
        ref readonly var options = ref segment.Options;
        if (options.SackCount == 0) return;
        Span<SackBlock> blocks = stackalloc SackBlock[SackBlocks.Capacity];
        var count = 0;
        for (var i = 0; i < options.SackCount; i++)
        {
            var block = options.Sack[i];
            if (i == 0 && IsDuplicateReport(segment)) TakeDuplicateReport(block, ref delivery);
            else if (block.Left < block.Right && block.Right > segment.Acknowledgment && block.Right <= _sndMax && block.Left >= _sndUna) blocks[count++] = block;
        }

        blocks = blocks[..count];
        blocks.Sort((left, right) => left.Left - right.Left);
        foreach (var block in blocks) _scoreboard.Sack(WithFin(block), ref delivery);
    }

    /// <summary>Some peers leave the FIN out of the block that holds the text it came with.</summary>
    private SackBlock WithFin(in SackBlock block)
    {
        var ridesOnText = _finSent && block.Right + 1 == _sndMax && _scoreboard[_scoreboard.Count - 1].Start < block.Right;
        return ridesOnText ? block with { Right = _sndMax } : block;
    }

    private static bool IsDuplicateReport(in TcpSegment segment)
    {
        ref readonly var options = ref segment.Options;
        var first = options.Sack[0];
        return first.Left < first.Right
            && (first.Right <= segment.Acknowledgment
                || (options.SackCount > 1 && first.Left >= options.Sack[1].Left && first.Right <= options.Sack[1].Right));
    }

    /// <summary>Only of what can have been sent twice: nothing older than a window, nothing that was never sent.</summary>
    private void TakeDuplicateReport(in SackBlock block, ref Delivery delivery)
    {
        if (block.Right > _sndMax || block.Left < _sndUna - (int)_maxSndWnd || _retransmissions == 0) return;
        delivery.Duplicate = block;
        delivery.IsDuplicateOfProbe = _probe.IsRetransmission && block.Right == _probe.End;
    }

    private void Advance(SequenceNumber acknowledgment, ref Delivery delivery)
    {
        delivery.Acknowledged = (uint)(acknowledgment - _sndUna);
        _scoreboard.Acknowledge(acknowledgment, ref delivery);
        _sndUna = acknowledgment;
        var data = (int)Math.Min(_sndUna - _dataUna, _send.Length);
        _dataUna += data;
        _bytesSent += data;
        if (data > 0) ReleaseAcknowledged(data);
        _pacesRestart = false;
        _cwndLimitedThrough = SequenceNumber.Max(_cwndLimitedThrough, _sndUna);
        _smallEnd = SequenceNumber.Max(_smallEnd, _sndUna);
        if (_sndUna > _ecnAnsweredThrough) _ecnAnsweredThrough = null;
        _retransmitCount = 0;
        _retransmittingSince = null;
        _persistProbes = 0;
        ConfirmPathProbe(delivery.Now);
    }

    /// <summary>
    /// RFC 9293 section 3.10.7.4: an older segment does not change the window, and neither does an older acknowledgment, nor one
    /// below SND.UNA.
    /// </summary>
    private void UpdateSendWindow(in TcpSegment segment)
    {
        if (segment.Acknowledgment < _sndUna || _sndWl1 > segment.Sequence) return;
        if (_sndWl1 == segment.Sequence && _sndWl2 > segment.Acknowledgment) return;
        SetSendWindow(segment);
        if (_sndWnd == 0)
        {
            NoteClosedWindow();
            return;
        }

        _timers.Stop(TcpTimer.Persist);
        _persistingSince = null;
    }

    /// <summary>
    /// A peer that acknowledges with its window closed is alive and not given up (RFC 9293 section 3.8.6.1), unless the application has left:
    /// else a peer could hold memory at will. One timeout stays counted: the threshold is not lowered again for the same data (RFC 5681
    /// section 3.1).
    /// </summary>
    private void NoteClosedWindow()
    {
        if (!IsOrphan) _retransmitCount = Math.Min(_retransmitCount, 1);
    }

    /// <summary>
    /// Every acknowledgment of something sent once gives a sample, also where it is SACKed. What was resent gives one only where the
    /// echoed timestamp shows which transmission arrived (Karn, RFC 6298 section 3; RFC 7323 section 4).
    /// </summary>
    private void SampleRtt(in Delivery delivery)
    {
        if (delivery is { HasRetransmitted: false, AcknowledgedSent: { } acknowledged }) _rtt.Sample(delivery.Now - acknowledged.First, delivery.Now);
        else if (delivery.SackedSent is { } sacked) _rtt.Sample(delivery.Now - sacked.First, delivery.Now);
        else if (delivery.RetransmissionSent is { } resent) _rtt.Sample(delivery.Now - resent, delivery.Now);
    }

    /// <summary>The rest of the sample, beside the rate.</summary>
    private AcknowledgmentSample Complete(AcknowledgmentSample sample, in Delivery delivery, long flight) => sample with
    {
        Acknowledged = delivery.Acknowledged,
        Delivered = (uint)delivery.Bytes,
        InFlight = (uint)InFlight,
        PriorInFlight = (uint)flight,
        AcknowledgedThrough = _bytesSent,
        SentThrough = _bytesSent + Outstanding,
        TotalLost = _scoreboard.TotalLost,
        RoundTrip = RoundTripOf(delivery),
        SmoothedRoundTrip = _rtt.Smoothed,
        MinimumRoundTrip = _rtt.Minimum,
        IsWindowLimited = _cwndLimited,
        MostOutstanding = _mostOutstanding,
    };

    private static TimeSpan RoundTripOf(in Delivery delivery)
    {
        if (delivery.SackedSent is { } sacked) return delivery.Now - sacked.Last;
        return delivery is { HasRetransmitted: false, AcknowledgedSent: { } acknowledged } ? delivery.Now - acknowledged.Last : TimeSpan.Zero;
    }

    private void TellCongestion(in Delivery delivery, in AcknowledgmentSample sample)
    {
        if (delivery.Bytes == 0 && delivery.Acknowledged == 0) return;
        _congestion.OnAcknowledged(sample);
    }

    private void RestartTimers(in Delivery delivery)
    {
        if (_sndUna == _sndMax)
        {
            _timers.Stop(TcpTimer.Retransmit);
            _timers.Stop(TcpTimer.TailLossProbe);
            _timers.Stop(TcpTimer.Reordering);
            return;
        }

        if (delivery.Acknowledged > 0 || IsHeadYoungerThanSacked(delivery)) StartRetransmitTimer(delivery.Now);
        if (_scoreboard.IsReneged && delivery.Acknowledged > 0) StartRenegingTimer(delivery.Now);
        if (delivery.Acknowledged > 0) ScheduleProbe(delivery.Now);
        else if (_recovery is not (RecoveryState.Open or RecoveryState.Reduced)) _timers.Stop(TcpTimer.TailLossProbe);
    }

    /// <summary>SACKs of what was sent before the first segment was last sent are progress; later ones must not put off its timeout.</summary>
    private bool IsHeadYoungerThanSacked(in Delivery delivery) =>
        delivery.SackedSent is { } sacked && !_scoreboard.IsEmpty && sacked.First < _scoreboard[0].SentAt;
}
