using ActorStack.Transport.State;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>The receive side: text, FIN, window and when to acknowledge (RFC 9293 sections 3.10.7.4, 3.8.6; RFC 5681 section 4.2).</summary>
public sealed partial class TcpConnection
{
    /// <summary>Segments acknowledged at once while the peer is in slow start.</summary>
    private const int InitialQuickAcks = 16;

    /// <summary>RFC 9293 section 3.7.1: what every peer can send.</summary>
    private const int SmallestFullSegment = 536;

    private readonly ReassemblyQueue _reassembly;
    private SequenceNumber _rcvNxt;
    private SequenceNumber _rcvWup;
    private SequenceNumber _rcvAdv;
    private SequenceNumber _lastAckSent;
    private SequenceNumber? _pendingFin;
    private bool _finReceived;
    private bool _flushPending;
    private bool _ackPending;
    private int _quickAcks = InitialQuickAcks;

    /// <summary>How far the right edge could move beyond what was announced.</summary>
    private int WindowGrowth => _rcvNxt + (int)FreeRoom - _rcvAdv;

    private long FreeRoom => Math.Clamp(_receive.Limit - _receive.Unread, 0, Math.Min(MaximumWindow, AllowedRoom));

    /// <summary>No text is taken beyond this: the right edge of the window, or a FIN that waits for a gap to be filled.</summary>
    private SequenceNumber TextEdge => _pendingFin is { } fin ? SequenceNumber.Min(fin, _rcvAdv) : _rcvAdv;

    /// <summary>What came last was answered so soon that the answer carried its acknowledgment.</summary>
    private bool WasAnswered => _lastSent >= _tally.TextArrivedAt && _lastSent - _tally.TextArrivedAt <= _settings.DelayedAck;

    /// <summary>The most the window field can say.</summary>
    private long MaximumWindow => (long)ushort.MaxValue << _rcvWindScale;

    /// <summary>Input: the burst is over; makes received bytes visible to the application.</summary>
    public void OnBurstEnd(TimeSpan now)
    {
        if (!_flushPending) return;
        _flushPending = false;
        _receive.Flush();
    }

    /// <summary>Seventh, the segment text.</summary>
    private void ProcessText(in TcpSegment segment, TimeSpan now)
    {
        if (segment.Payload.IsEmpty || !IsReceiving || _finReceived) return; // text beyond a FIN cannot be
        _tally.LargestSegment = Math.Max(_tally.LargestSegment, segment.SegmentSize > 0 ? segment.SegmentSize : segment.Payload.Length);
        if (now - _tally.TextArrivedAt > _rtt.Rto && !WasAnswered) _quickAcks = InitialQuickAcks; // it begins anew, as slowly as at the start
        _tally.TextArrivedAt = now;
        if (IsOrphan && segment.TextEnd > _rcvNxt)
        {
            ResetForLostData(TcpExt.TCPAbortOnData);
            return;
        }

        NoteDuplicate(segment);
        var text = InWindow(segment, out var start);
        if (text.IsEmpty || (start == _rcvNxt && !IsRoomLeft()))
        {
            _ackPending = true;
        }
        else if (start == _rcvNxt)
        {
            Deliver(text);
            DeliverReassembled();
            MeasureReceiveRoundTrip(segment, now);
            TuneReceiveWindow(now);
            ScheduleAck(now);
        }
        else
        {
            KeepOutOfOrder(start, text);
            _tally.OutOfOrderSegments++;
            OweDuplicateAck(segment);
        }
    }

    private ReadOnlySpan<byte> InWindow(in TcpSegment segment, out SequenceNumber start)
    {
        var text = segment.Payload.Span;
        start = segment.TextStart;
        var old = _rcvNxt - start;
        if (old > 0)
        {
            text = old < text.Length ? text[old..] : default;
            start = _rcvNxt;
        }

        var room = Math.Max(0, TextEdge - start);
        return text.Length > room ? text[..room] : text;
    }

    private void Deliver(ReadOnlySpan<byte> text)
    {
        EndDeferral();
        _receive.Write(text);
        _flushPending = true;
        _rcvNxt += text.Length;
        _duplicateAcksOwed = 0;
        _bytesReceived += text.Length;
    }

    private void DeliverReassembled()
    {
        if (_reassembly.IsEmpty) return;
        var taken = 0;
        for (; _reassembly.TryPeek(taken, _rcvNxt, out var run); taken++)
        {
            var end = _pendingFin is { } fin ? SequenceNumber.Min(run.End, fin) : run.End;
            if (end > _rcvNxt) Deliver(run.Span[(_rcvNxt - run.Start)..(end - run.Start)]);
        }

        _reassembly.RemoveFirst(taken);
        _ackPending = true; // a gap was filled (RFC 5681 section 4.2)
    }

    /// <summary>At once where more than a full segment is unacknowledged (RFC 5681 section 4.2) and at the start of a connection, else soon.</summary>
    private void ScheduleAck(TimeSpan now)
    {
        if (_options.QuickAck ?? _quickAcks > 0)
        {
            if (_quickAcks > 0) _quickAcks--;
            _ackPending = true;
        }
        else if (_rcvNxt - _lastAckSent > Math.Max(Math.Min(_tally.LargestSegment, _receiveMss), SmallestFullSegment))
        {
            _ackPending = true;
        }
        else if (!_timers.IsRunning(TcpTimer.DelayedAck))
        {
            _timers.Start(TcpTimer.DelayedAck, now + _settings.DelayedAck);
        }
    }

    /// <summary>Eighth, FIN: taken when all before it is there.</summary>
    private void CheckFin(in TcpSegment segment, TimeSpan now)
    {
        if (State is TcpState.Closed || _finReceived) return;
        if (segment.Has(TcpFlags.Fin))
        {
            var fin = segment.TextEnd;
            if (fin >= _rcvNxt && fin <= _rcvAdv) _pendingFin = SequenceNumber.Min(fin, _pendingFin ?? fin); // the lowest counts
            _ackPending = true;
        }

        if (_pendingFin != _rcvNxt) return;
        _pendingFin = null;
        _finReceived = true;
        _rcvNxt += 1;
        _ackPending = true;
        _reassembly.Clear();
        _receive.Complete();
        OnFinReceived(now);
    }

    /// <summary>
    /// The window field of the segment being sent. What was announced stays good, and the right edge moves on only by a useful
    /// step (RFC 9293 section 3.8.6.2.2). The field is rounded down and so may say a fraction of its unit less than before (RFC 7323
    /// section 2.4): rounded up, every tiny segment would push the edge on, beyond the capacity.
    /// </summary>
    private ushort AnnounceWindow()
    {
        var step = Math.Min(_receive.Limit / 2, _receiveMss);
        var edge = WindowGrowth >= step ? _rcvNxt + (int)(FreeRoom >> _rcvWindScale << _rcvWindScale) : _rcvAdv;
        var window = Math.Max(0, SequenceNumber.Max(edge, _rcvAdv) - _rcvNxt); // a FIN may be taken at a closed window
        var field = (ushort)Math.Min(window >> _rcvWindScale, ushort.MaxValue);
        _rcvWup = _rcvNxt;
        _rcvAdv = SequenceNumber.Max(_rcvAdv, _rcvNxt + (field << _rcvWindScale));
        return field;
    }
}
