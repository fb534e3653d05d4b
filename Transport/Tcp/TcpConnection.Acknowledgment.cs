using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Tcp.Recovery;
using ActorStack.Transport.Tcp.Timers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// Processing of an acknowledgment on the send side, in order. The scoreboard learns what arrived; round trip and delivery rate
/// are measured; probe and recovery react (TcpConnection.Recovery.cs); the congestion control is told; timers restart.
/// </summary>
public sealed partial class TcpConnection
{
    /// <summary>Bytes believed to be in the network (RFC 6675's pipe).</summary>
    private long InFlight => Math.Max(0, _scoreboard.InFlight - DuplicateBytes);

    private void ProcessAcknowledgment(in TcpSegment segment, TimeSpan now)
    {
        var delivery = BeginDelivery(segment, now);
        delivery.IsDuplicate = _snd.IsDuplicate(segment, _negotiated.SendShift);
        UpdateSendWindow(segment);
        if (_snd.IsAcknowledged && !(_negotiated.Sack && segment.Options.SackCount > 0)) return;

        var flight = InFlight;
        var lost = _scoreboard.TotalLost;
        if (_negotiated.Sack) TakeSack(segment, ref delivery);
        if (segment.Acknowledgment > _snd.Una) Advance(segment.Acknowledgment, ref delivery);
        if (!_negotiated.Sack) _recovery.CountDuplicate(ref delivery, _snd, SegmentPayload);
        _path.OnDelivered(delivery, _scoreboard, _negotiated.Sack, PacketSizes);

        SampleRtt(delivery);
        var sample = _rate.OnDelivered(delivery, _rtt.Minimum);
        var isMarked = EchoesMark(segment);
        _tally.OnAcknowledgment(delivery, sample, SegmentPayload, isMarked);
        _rack.OnDelivered(delivery, _snd.Una, _snd.Max);
        if (delivery.Duplicate is { } duplicate) _undo.OnDuplicateReported(duplicate);
        if (_probe.OnAcknowledged(segment.Acknowledgment, delivery)) OnLossRepairedByProbe(delivery, flight);
        var wasReducing = _recovery.IsReducing;
        React(ref delivery, flight, lost);
        AnswerEcn(segment, delivery, flight);
        if (delivery.Bytes > 0 || delivery.Acknowledged > 0)
        {
            _congestion.OnAcknowledged(Complete(sample, delivery, flight) with
            {
                IsRecovering = wasReducing || _recovery.IsReducing,
                Marked = isMarked ? (uint)delivery.Bytes : 0,
            });
        }

        if (delivery.SackedBytes > 0) LimitSending();
        RestartTimers(delivery);
        if (_snd.FinSent && _snd.IsAcknowledged) OnFinAcknowledged(now);
    }

    private Delivery BeginDelivery(in TcpSegment segment, TimeSpan now) => new()
    {
        Now = now,
        HighestBefore = _scoreboard.HighestDelivered ?? _snd.Una,
        RecoveryPoint = _recovery.Point ?? _snd.Una,
        MinimumRoundTrip = _rtt.Minimum,
        Echo = _negotiated.Timestamps && segment.Options.HasTimestamps && segment.Options.TimestampEcho != 0
            ? segment.Options.TimestampEcho
            : null,
        TimestampOffset = _timestamps.Offset,
    };

    /// <summary>
    /// Takes the SACK blocks in ascending order (RFC 2018), except the first where it is a D-SACK block (RFC 2883 section 4).
    /// </summary>
    private void TakeSack(in TcpSegment segment, ref Delivery delivery)
    {
        ref readonly var options = ref segment.Options;
        if (options.SackCount == 0) return;
        Span<SackBlock> blocks = stackalloc SackBlock[SackBlocks.Capacity];
        var count = 0;
        for (var i = 0; i < options.SackCount; i++)
        {
            var block = options.Sack[i];
            if (i == 0 && segment.HasDuplicateSack) TakeDuplicateSack(block, ref delivery);
            else if (_snd.IsSackAcceptable(block, segment.Acknowledgment)) blocks[count++] = block;
        }

        blocks = blocks[..count];
        blocks.Sort((left, right) => left.Left - right.Left);
        foreach (var block in blocks) _scoreboard.Sack(WithFin(block), ref delivery);
    }

    /// <summary>Some peers leave the FIN out of the block for the payload that it came with.</summary>
    private SackBlock WithFin(in SackBlock block)
    {
        var hasFin = _snd.FinSent && block.Right + 1 == _snd.Max && _scoreboard[_scoreboard.Count - 1].Start < block.Right;
        return hasFin ? block with { Right = _snd.Max } : block;
    }

    /// <summary>A D-SACK block is believed where something was retransmitted.</summary>
    private void TakeDuplicateSack(in SackBlock block, ref Delivery delivery)
    {
        if (!_snd.IsDuplicateSackAcceptable(block) || _tally.Retransmissions == 0) return;
        delivery.Duplicate = block;
        delivery.IsDuplicateOfProbe = _probe.IsRetransmission && block.Right == _probe.End;
    }

    /// <summary>SND.UNA advances.</summary>
    private void Advance(SequenceNumber acknowledgment, ref Delivery delivery)
    {
        delivery.Acknowledged = (uint)(acknowledgment - _snd.Una);
        _scoreboard.Acknowledge(acknowledgment, ref delivery);
        var data = _snd.Acknowledge(acknowledgment, _send.Length);
        _tally.BytesSent += data;
        if (data > 0) ReleaseAcknowledged(data);
        _pacer.PacesRestart = false;
        _windowUse.OnAcknowledged(_snd.Una);
        _ecn.OnAcknowledged(_snd.Una);
        _retransmission.OnProgress();
        _liveness.OnProgress();
        ConfirmPathProbe(delivery.Now);
    }

    private void UpdateSendWindow(in TcpSegment segment)
    {
        if (!_snd.TryUpdateWindow(segment, _negotiated.SendShift)) return;
        if (_snd.Window == 0)
        {
            if (!IsOrphan) _retransmission.OnClosedWindow(); // with nobody there, a peer could hold memory at will
            return;
        }

        _timers.Stop(TcpTimer.Persist);
        _liveness.OnWindowOpened();
    }

    /// <summary>
    /// Every acknowledgment of a segment that was sent once gives a sample, also by SACK. A retransmitted segment gives one only
    /// where the echoed timestamp shows which transmission arrived (Karn, RFC 6298 section 3; RFC 7323 section 4).
    /// </summary>
    private void SampleRtt(in Delivery delivery)
    {
        if (delivery is { HasRetransmitted: false, AcknowledgedSent: { } acknowledged })
            _rtt.Sample(delivery.Now - acknowledged.First, delivery.Now);
        else if (delivery.SackedSent is { } sacked) _rtt.Sample(delivery.Now - sacked.First, delivery.Now);
        else if (delivery.RetransmissionSent is { } sent) _rtt.Sample(delivery.Now - sent, delivery.Now);
    }

    /// <summary>Adds to the rate sample the rest that congestion controls learn from.</summary>
    private AcknowledgmentSample Complete(AcknowledgmentSample sample, in Delivery delivery, long flight) => sample with
    {
        Acknowledged = delivery.Acknowledged,
        Delivered = (uint)delivery.Bytes,
        InFlight = (uint)InFlight,
        PriorInFlight = (uint)flight,
        AcknowledgedThrough = _tally.BytesSent,
        SentThrough = _tally.BytesSent + _snd.Outstanding,
        TotalLost = _scoreboard.TotalLost,
        RoundTrip = RoundTripOf(delivery),
        SmoothedRoundTrip = _rtt.Smoothed,
        MinimumRoundTrip = _rtt.Minimum,
        IsWindowLimited = _windowUse.IsLimited,
        MostOutstanding = _windowUse.MostOutstanding,
    };

    private static TimeSpan RoundTripOf(in Delivery delivery)
    {
        if (delivery.SackedSent is { } sacked) return delivery.Now - sacked.Last;
        return delivery is { HasRetransmitted: false, AcknowledgedSent: { } acknowledged }
            ? delivery.Now - acknowledged.Last
            : TimeSpan.Zero;
    }

    private void RestartTimers(in Delivery delivery)
    {
        if (_snd.IsAcknowledged)
        {
            _timers.Stop(TcpTimer.Retransmit);
            _timers.Stop(TcpTimer.TailLossProbe);
            _timers.Stop(TcpTimer.Reordering);
            return;
        }

        if (delivery.Acknowledged > 0 || IsHeadYoungerThanSacked(delivery)) StartRetransmitTimer(delivery.Now);
        if (_scoreboard.IsReneged && delivery.Acknowledged > 0) StartRenegingTimer(delivery.Now);
        if (delivery.Acknowledged > 0) ScheduleProbe(delivery.Now);
        else if (!_recovery.IsQuiet) _timers.Stop(TcpTimer.TailLossProbe);
    }

    /// <summary>
    /// A SACK of what was sent before the first segment was last sent is progress. A SACK of what was sent later must not put off
    /// the timeout of the first segment.
    /// </summary>
    private bool IsHeadYoungerThanSacked(in Delivery delivery) =>
        delivery.SackedSent is { } sacked && !_scoreboard.IsEmpty && sacked.First < _scoreboard[0].SentAt;
}
