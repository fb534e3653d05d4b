using ActorStack.Transport.State;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>What is sent, in which order, and how large (RFC 9293 sections 3.8.6.2.1 and 3.7.4, RFC 5681).</summary>
public sealed partial class TcpConnection
{
    /// <summary>RFC 9293 section 3.7.1 sets no lower bound; a peer that announces less only wants many packets.</summary>
    private const ushort MinimumMss = 64;

    /// <summary>Bytes of a timestamp option with its padding, which every segment of a connection that has it carries.</summary>
    private const int TimestampOption = 12;

    private const int MaximumOptions = 40;

    private SequenceNumber _sndUna;
    private SequenceNumber _sndMax;
    private uint _sndWnd;
    private uint _maxSndWnd;
    private SequenceNumber _sndWl1;
    private SequenceNumber _sndWl2;
    private SequenceNumber _dataUna;
    private bool _finSent;
    private bool _retransmitPending;
    private bool _probePending;
    private SequenceNumber? _resetOwed;
    private TimeSpan _timestampOffset;
    private bool _hasTsRecent;
    private uint _tsRecent;
    private TimeSpan _tsRecentAt;
    private TimestampFloor _timestampFloor;
    private TimeSpan _lastSent;
    private long _bytesSent;
    private long _bytesReceived;
    private long _segmentsSent;
    private long _segmentsReceived;
    private long _retransmissions;

    /// <summary>Payload of a full segment without SACK blocks (RFC 6691: the MSS counts options in).</summary>
    private int SegmentPayload => EffectiveMss - (_timestamps ? TimestampOption : 0);

    /// <summary>What is worth a segment of its own: the peer's limit or the link's.</summary>
    private int FullSegment => Math.Min(SegmentPayload, _settings.MaximumSegmentPayload);

    /// <summary>The number after the last byte written; a FIN has this number.</summary>
    private SequenceNumber DataEnd => _dataUna + (int)_send.Length;

    /// <summary>Text or a FIN was never sent.</summary>
    private bool HasUnsent => DataEnd > _sndMax || (_send.IsCompleted && !_finSent);

    /// <summary>Bytes that congestion control and recovery allow to be sent now, new or again. Negative: more is in flight than may be.</summary>
    private long CongestionRoom => _reduction.IsActive ? _reduction.Allowance : _congestion.Window - InFlight;

    /// <summary>Bytes of new text that the peer's window has room for.</summary>
    private long PeerRoom => (long)_sndWnd - Outstanding;

    /// <summary>Output: the next segment to send; false when there is none. The segment counts as sent.</summary>
    public bool TryTransmit(TimeSpan now, out OutboundSegment segment)
    {
        segment = default;
        if (!TryFillNext(now, ref segment))
        {
            NoteHold(now);
            return false;
        }

        Trace?.OnSent(segment, TraceMetrics, now);
        return true;
    }

    private bool TryFillNext(TimeSpan now, ref OutboundSegment segment)
    {
        return TrySendReset(now, ref segment)
            || TrySendSyn(now, ref segment)
            || TryRetransmit(now, ref segment)
            || TrySendTailLossProbe(now, ref segment)
            || TrySendPathProbe(now, ref segment)
            || TrySendText(now, ref segment)
            || (EndFruitlessTest() && TryRetransmit(now, ref segment))
            || TrySendProbe(now, ref segment)
            || TrySendAck(now, ref segment);
    }

    /// <summary>Input: the application wrote or closed; the send queue has been refreshed.</summary>
    public void OnApplicationWrote(TimeSpan now)
    {
        NoteLeft(now);
        if (!IsSending || Outstanding > 0 || now - _lastSent <= _rtt.Rto) return;
        _congestion.OnIdleRestart(now);
        _pacesRestart = _congestion.Window > Congestion.InitialWindow.For((uint)SegmentPayload);
    }

    private bool TrySendReset(TimeSpan now, ref OutboundSegment segment)
    {
        if (_resetOwed is not { } sequence) return false;
        _resetOwed = null;
        Fill(ref segment, sequence, TcpFlags.Rst, now);
        return true;
    }

    private bool TrySendSyn(TimeSpan now, ref OutboundSegment segment)
    {
        if (!_synPending) return false;
        _synPending = false;
        var answers = State is TcpState.SynReceived;
        Fill(ref segment, _iss, (answers ? TcpFlags.Syn | TcpFlags.Ack : TcpFlags.Syn) | SynEcnFlags(answers), now);
        segment.Window = SynWindow;
        CountSent(_iss, _iss + 1 + AddFastOpen(ref segment), SegmentPayload, now);
        return true;
    }

    /// <summary>
    /// What is lost, from the lowest number up, as far as it follows on and there is room. The first after a timeout or at the start of
    /// a recovery goes whatever the room (RFC 6675 section 5 step 4.3).
    /// </summary>
    private bool TryRetransmit(TimeSpan now, ref OutboundSegment segment)
    {
        var isForced = _retransmitPending;
        _retransmitPending = false;
        if (!IsSending || Outstanding == 0) return false;
        if (!isForced && !_scoreboard.HasLost) return false;
        var room = Math.Max(Math.Min(CongestionRoom, MaximumBurst), isForced ? FullSegment : 0);
        if (room == 0) return false;
        var oneMore = (int)room + 1; // a FIN, or no more than shows that there is no room for all
        if (!_scoreboard.TryPeekLost(oneMore, out var start, out var lost)) (start, lost) = (_sndUna, (int)Math.Min(Outstanding, FullSegment));
        if (!isForced && (_forwardRto.HoldsRetransmissions || MustPace(now))) return false;
        var text = Math.Min(lost, DataEnd - start);
        if (text > 0) text = (int)Math.Min(WholeSegments(text, room), RoomToRetransmit(start));
        if (text <= 0 && start != DataEnd) return false;
        FillText(ref segment, start, text, now);
        return true;
    }

    /// <summary>
    /// F-RTO asks for new data after a timeout. Where none can leave, what is lost goes (RFC 5682 section 2.1 step 2); Linux would lift Nagle
    /// for the test.
    /// </summary>
    private bool EndFruitlessTest()
    {
        if (!_forwardRto.HoldsRetransmissions || _sndMax != _recoveryPoint || _timers.IsRunning(TcpTimer.Pacing)) return false;
        _forwardRto.End();
        return true;
    }

    /// <summary>A peer may have taken back window; its first missing segment goes all the same (RFC 9293 section 3.8.6).</summary>
    private long RoomToRetransmit(SequenceNumber start) => start == _sndUna ? Math.Max(_sndWnd, FullSegment) : _sndUna + _sndWnd - start;

    /// <summary>The loss probe (RFC 8985 section 7.3): new text where there is any, else the last segment again.</summary>
    private bool TrySendTailLossProbe(TimeSpan now, ref OutboundSegment segment)
    {
        if (!_probe.IsPending) return false;
        _probe.IsPending = false;
        if (!IsSending) return false;
        var fresh = (int)Math.Min(Math.Min(DataEnd - _sndMax, PeerRoom), FullSegment);
        if (fresh > 0 && !_scoreboard.IsFull)
        {
            FillText(ref segment, _sndMax, fresh, now);
            NoteSmall(fresh);
            _probe.OnSent(_sndMax, repeatedBytes: 0);
            return true;
        }

        if (!_scoreboard.TryPeekLastSegment(DataEnd, out var start)) return false;
        FillText(ref segment, start, Math.Min(SequenceNumber.Min(DataEnd, _sndMax) - start, FullSegment), now);
        _probe.OnSent(_sndMax, repeatedBytes: (uint)segment.Payload.Length + ((segment.Flags & TcpFlags.Fin) != 0 ? 1u : 0u));
        return true;
    }

    private bool TrySendText(TimeSpan now, ref OutboundSegment segment)
    {
        if (!IsSending || _scoreboard.IsFull) return false;
        var available = DataEnd - _sndMax;
        var finDue = _send.IsCompleted && available >= 0 && IsSynchronized;
        if (available <= 0 && !_scoreboard.HasLost && InFlight < _congestion.Window) _rate.OnApplicationLimited(InFlight);
        if (available <= 0 && !(finDue && available == 0)) return false;
        if (available > 0 && MustPace(now)) return false;
        var length = SendableLength(available, now);
        if (length < 0) return false;
        if (length > 0 && Outstanding == 0) _congestion.OnSendFromIdle(now);
        FillText(ref segment, _sndMax, length, now);
        NoteSmall(length);
        return true;
    }

    /// <summary>
    /// Bytes to put into the next segment; -1: nothing may be sent now. Whole segments, unless it is the last of what was
    /// written (Nagle willing) or the peer's window never was larger (silly-window avoidance).
    /// </summary>
    private int SendableLength(int available, TimeSpan now)
    {
        var usable = Math.Min(PeerRoom, CongestionRoom);
        if (available == 0)
        {
            if (usable >= 0 && HasRoomForFin(_sndMax)) return 0;
            if (Outstanding == 0) StartPersistTimer(now);
            return -1;
        }

        var burst = MaximumBurst;
        var length = (int)Math.Min(Math.Min(available, usable), burst);
        var full = FullSegment;
        if (length < available)
        {
            if (usable < burst) NoteWindowUse(CongestionRoom <= PeerRoom);
            if (length >= full) return length / full * full;
            if (length > 0 && (length >= _maxSndWnd / 2 || _probePending)) return length;
            if (PeerRoom < CongestionRoom && ShowsNoQueue) _rate.OnApplicationLimited(InFlight);
            if (Outstanding == 0) StartPersistTimer(now);
            return -1;
        }

        if (_send.IsCompleted) return length;
        if (_options.Cork) return Corked(length, full, now);
        return WithoutSmall(length, full);
    }

    /// <summary>Round trips are about as short as they ever were: what limits the rate then is not the path.</summary>
    private bool ShowsNoQueue => _rtt.Smoothed - _rtt.Minimum <= _rtt.Minimum / 8;

    /// <summary>Of <paramref name="length"/> what fits into <paramref name="room"/>, in whole segments or to its end.</summary>
    private long WholeSegments(int length, long room) => length <= room ? length : room / FullSegment * FullSegment;

    /// <summary>
    /// A FIN takes a number of the window and waits for it as text does. Sent beyond the window it would take all later
    /// acknowledgments there too; where both ends refuse those of the other, each refusal brings the next.
    /// </summary>
    private bool HasRoomForFin(SequenceNumber sequence) => sequence - _sndUna < _sndWnd;

    private void StartPersistTimer(TimeSpan now)
    {
        if (_probePending || _timers.IsRunning(TcpTimer.Persist)) return;
        _timers.Start(TcpTimer.Persist, now + WithinUserTimeout(_rtt.Doubled(_persistProbes), _persistingSince, now));
    }

    /// <summary>
    /// A segment below the window, which the peer must answer: Linux's form of the window probe, and RFC 9293 section 3.8.4's of
    /// the keepalive. Unlike the octet of new data in section 3.8.6.1 it needs no room and no retransmission.
    /// </summary>
    private bool TrySendProbe(TimeSpan now, ref OutboundSegment segment)
    {
        if (!_probePending) return false;
        _probePending = false;
        if (!IsSynchronized) return false;
        var told = (_lastAckSent, _rcvAdv, _ackPending);
        Fill(ref segment, _sndUna - 1, TcpFlags.Ack, now);
        _ackPending = told != (_rcvNxt, _rcvAdv, false); // the peer answers, but takes neither acknowledgment nor window from it
        if (IsSending && Outstanding == 0 && HasUnsent) StartPersistTimer(now);
        return true;
    }

    private bool TrySendAck(TimeSpan now, ref OutboundSegment segment)
    {
        if (!_ackPending && _duplicateAcksOwed == 0) return false;
        _ackPending = false;
        if (State is TcpState.Closed or TcpState.SynSent) return false;
        NoteDuplicateAck();
        Fill(ref segment, _sndMax, TcpFlags.Ack, now);
        return true;
    }

    /// <summary>A segment with text from <paramref name="start"/> on, and the FIN where the text ends.</summary>
    private void FillText(ref OutboundSegment segment, SequenceNumber start, int length, TimeSpan now)
    {
        var text = length == 0 ? default : _send.Slice(start - _dataUna, length);
        var end = start + (int)text.Length;
        var flags = TcpFlags.Ack;
        if (end == DataEnd)
        {
            flags |= text.Length > 0 ? TcpFlags.Psh : TcpFlags.None;
            if (_send.IsCompleted && IsSynchronized && (_finSent || HasRoomForFin(end)))
            {
                flags |= TcpFlags.Fin;
                end += 1;
            }
        }

        var isNew = start >= _sndMax;
        if (!isNew) CountRetransmission((int)text.Length);
        else if (_bytesReceived > 0 && now - _tally.TextArrivedAt <= _settings.DelayedAck) _quickAcks = 0; // a dialogue: answers carry the acknowledgments

        Fill(ref segment, start, flags, now);
        segment.Payload = text;
        segment.MaximumPayload = EffectiveMss - OptionsLength(segment.Options);
        if (isNew && length > 0) MarkCapable(ref segment);
        _probePending = false;
        if ((flags & TcpFlags.Fin) != 0)
        {
            _finSent = true;
            OnFinSent();
        }

        CountSent(start, end, Math.Min(segment.MaximumPayload, FullSegment), now);
    }

    /// <summary>Numbers from <paramref name="start"/> up to <paramref name="end"/> are on the wire, for the first time or again.</summary>
    private void CountSent(SequenceNumber start, SequenceNumber end, int segmentSize, TimeSpan now)
    {
        var snapshot = _rate.OnSent(InFlight, end - start, _scoreboard.TotalLost, now);
        var resentEnd = SequenceNumber.Min(end, _sndMax);
        if (start < resentEnd)
        {
            NoteResent(start, resentEnd, now);
            if (start == _sndUna && IsSynchronized) StartRetransmitTimer(now); // a SYN is timed by its timeouts alone
            _scoreboard.Resend(start, resentEnd, segmentSize, now, snapshot);
            _undo.OnRetransmitted(resentEnd - start, now);
        }

        if (end > _sndMax)
        {
            _scoreboard.Append(SequenceNumber.Max(start, _sndMax), end, segmentSize, now, snapshot);
            _sndMax = end;
            NoteWindowUse(_congestion.Window - InFlight < FullSegment);
            if (_options.NotSentLowWater > 0) LimitSending();
            ScheduleProbe(now);
        }

        _reduction.OnSent(end - start);
        Pace(end - start, now);
        _lastSent = now;
        _timers.Stop(TcpTimer.Persist);
        if (!_timers.IsRunning(TcpTimer.Retransmit)) StartRetransmitTimer(now);
    }

    /// <summary>Header fields common to all segments. Whatever carries an ACK settles what was owed.</summary>
    private void Fill(ref OutboundSegment segment, SequenceNumber sequence, TcpFlags flags, TimeSpan now)
    {
        segment.Flow = _flow;
        segment.Sequence = sequence;
        segment.Flags = flags;
        segment.HopLimit = _options.HopLimit;
        segment.TrafficClass = _options.TrafficClass;
        AddOptions(ref segment, now);
        _segmentsSent++;
        if ((flags & TcpFlags.Ack) == 0) return;
        segment.Acknowledgment = _lastAckSent = _rcvNxt;
        if ((flags & TcpFlags.Syn) == 0) segment.Window = AnnounceWindow();
        if ((flags & TcpFlags.Syn) == 0 && _ecnEchoing) segment.Flags |= TcpFlags.Ece;
        _ackPending = false;
        _timers.Stop(TcpTimer.DelayedAck);
    }

    /// <summary>See <see cref="SegmentOptions"/>. In SYN-SENT nothing is negotiated yet: a RST carries no option.</summary>
    private void AddOptions(ref OutboundSegment segment, TimeSpan now)
    {
        ref var options = ref segment.Options;
        if (segment.Has(TcpFlags.Syn)) SegmentOptions.AddToSyn(ref options, SynOptions);
        else if (State is TcpState.SynSent) return;
        else if (segment.Has(TcpFlags.Ack)) options.SackCount = (byte)WriteSackBlocks(ref options.Sack);
        SegmentOptions.AddTimestamps(ref options, _timestamps, TimestampValue(now), _hasTsRecent ? _tsRecent : 0);
    }

    private void OweReset(SequenceNumber sequence) => _resetOwed = sequence;

    private uint TimestampValue(TimeSpan now) => TimestampClock.Value(now, _timestampOffset);

    private void SetTsRecent(uint value, TimeSpan now)
    {
        if (_hasTsRecent && now - _tsRecentAt <= TsRecentLifetime) _timestampFloor.Raise(value, now);
        else _timestampFloor.Start(value, now);
        _hasTsRecent = true;
        _tsRecent = value;
        _tsRecentAt = now;
    }

    private static int OptionsLength(in TcpOptions options) =>
        (options.HasTimestamps ? TimestampOption : 0) + (options.SackCount > 0 ? 4 + 8 * options.SackCount : 0);

    private static int WireSegments(int length, int segmentSize) => segmentSize <= 0 ? 1 : Math.Max(1, (length + segmentSize - 1) / segmentSize);
}
