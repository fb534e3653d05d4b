using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Statistics;
using ActorStack.Transport.Tcp.Timers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// The receive side: payload, FIN, window and when to acknowledge (RFC 9293 sections 3.10.7.4, 3.8.6; RFC 5681 section 4.2).
/// </summary>
public sealed partial class TcpConnection
{
    /// <summary>RFC 9293 section 3.7.1: the segment that every peer can send.</summary>
    private const int SmallestFullSegment = 536;

    private long FreeRoom => IsWindowHeld
        ? 0
        : Math.Clamp(_receive.Limit - _receive.Unread, 0, Math.Min(_negotiated.MaximumWindow, AllowedRoom));

    /// <summary>The last payload was answered so soon that the answer carried its acknowledgment.</summary>
    private bool WasAnswered =>
        _liveness.LastSent >= _tally.PayloadArrivedAt && _liveness.LastSent - _tally.PayloadArrivedAt <= _settings.DelayedAck;

    /// <summary>Input: the burst is over. Received bytes become visible to the application.</summary>
    public void OnBurstEnd(TimeSpan now)
    {
        if (_pending.TryTakeFlush()) _receive.Flush();
    }

    /// <summary>Seventh, the payload (the segment text of RFC 9293).</summary>
    private void ProcessPayload(in TcpSegment segment, TimeSpan now)
    {
        if (segment.Payload.IsEmpty || !IsReceiving || _rcv.FinReceived) return; // payload beyond a FIN cannot be
        var startsAgain = now - _tally.PayloadArrivedAt > _rtt.Rto && !WasAnswered; // as slowly as at the start
        if (startsAgain) _acknowledging.BeginQuickAcks();
        _tally.OnPayload(segment.Payload.Length, segment.SegmentSize, now);
        if (IsOrphan && segment.PayloadEnd > _rcv.Nxt)
        {
            ResetForLostData(TcpExt.TCPAbortOnData);
            return;
        }

        NoteDuplicate(segment);
        var payload = _rcv.Trim(segment, out var start);
        if (payload.IsEmpty || (start == _rcv.Nxt && !IsRoomLeft()))
        {
            _pending.Ack = true;
        }
        else if (start == _rcv.Nxt)
        {
            Deliver(payload);
            DeliverReassembled();
            MeasureReceiveRoundTrip(segment, now);
            TuneReceiveWindow(now);
            ScheduleAck(now);
        }
        else
        {
            KeepOutOfOrder(start, payload);
            _tally.OutOfOrderSegments++;
            OweDuplicateAck(segment);
        }
    }

    private void Deliver(ReadOnlySpan<byte> payload)
    {
        EndDeferral();
        _receive.Write(payload);
        _pending.Flush = true;
        _rcv.Advance(payload.Length);
        _acknowledging.OnAdvanced();
        _tally.BytesReceived += payload.Length;
    }

    private void DeliverReassembled()
    {
        if (_reassembly.IsEmpty) return;
        var taken = 0;
        for (; _reassembly.TryPeek(taken, _rcv.Nxt, out var run); taken++)
        {
            var end = _rcv.BeforeFin(run.End);
            if (end > _rcv.Nxt) Deliver(run.Span[(_rcv.Nxt - run.Start)..(end - run.Start)]);
        }

        _reassembly.RemoveFirst(taken);
        _pending.Ack = true; // a gap was filled (RFC 5681 section 4.2)
    }

    /// <summary>
    /// Acknowledges at once where more than a full segment is unacknowledged (RFC 5681 section 4.2) and at the start of a
    /// connection, otherwise soon.
    /// </summary>
    private void ScheduleAck(TimeSpan now)
    {
        if (_options.QuickAck ?? _acknowledging.QuickAcks > 0)
        {
            _acknowledging.OnQuickAck();
            _pending.Ack = true;
        }
        else if (_rcv.Nxt - _rcv.LastAckSent > FullSegmentOfPeer)
        {
            _pending.Ack = true;
        }
        else if (!_timers.IsRunning(TcpTimer.DelayedAck))
        {
            _timers.Start(TcpTimer.DelayedAck, now + _settings.DelayedAck);
        }
    }

    /// <summary>Payload of a full segment of the peer, as far as its segments show.</summary>
    private int FullSegmentOfPeer => Math.Max(Math.Min(_tally.LargestSegment, _negotiated.ReceiveMss), SmallestFullSegment);

    /// <summary>Eighth, FIN: it is taken when all payload before it has arrived.</summary>
    private void CheckFin(in TcpSegment segment, TimeSpan now)
    {
        if (State is TcpState.Closed || _rcv.FinReceived) return;
        if (segment.Has(TcpFlags.Fin))
        {
            _rcv.NoteFin(segment);
            _pending.Ack = true;
        }

        if (!_rcv.TryTakeFin()) return;
        _pending.Ack = true;
        _reassembly.Clear();
        _receive.Complete();
        OnFinReceived(now);
    }

    /// <summary>The window field of the segment that is being sent.</summary>
    private ushort AnnounceWindow() =>
        _rcv.Announce(FreeRoom, Math.Min(_receive.Limit / 2, _negotiated.ReceiveMss), _negotiated.ReceiveShift);
}
