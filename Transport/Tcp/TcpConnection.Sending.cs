using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Tcp.Handshake;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Tcp.Timers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// Segments with payload: which is sent, and how large it is (RFC 9293 sections 3.8.6.2.1 and 3.7.4, RFC 5681).
/// </summary>
public sealed partial class TcpConnection
{
    /// <summary>Payload and options of a segment, as the peer takes them and the path carries them.</summary>
    private int EffectiveMss => Math.Min(
        _negotiated.SendMss,
        Math.Max(
            Math.Min(_path.Mtu - HeaderLength, _options.MaximumSegmentSize),
            Negotiated.MinimumMss + SegmentOptions.TimestampLength));

    /// <summary>Payload of a full segment without SACK blocks (RFC 6691: the MSS counts options in).</summary>
    private int SegmentPayload => EffectiveMss - _negotiated.TimestampLength;

    /// <summary>Payload that fills a segment of its own: the peer's limit or the link's.</summary>
    private int FullSegment => Math.Min(SegmentPayload, _settings.MaximumSegmentPayload);

    /// <summary>The number after the last byte written; a FIN has this number.</summary>
    private SequenceNumber DataEnd => _snd.DataEnd(_send.Length);

    /// <summary>Payload or a FIN was never sent.</summary>
    private bool HasUnsent => DataEnd > _snd.Max || (_send.IsCompleted && !_snd.FinSent);

    /// <summary>
    /// Bytes that congestion control and recovery allow to be sent now, new or again. Negative: more is in flight than may be.
    /// </summary>
    private long CongestionRoom => _reduction.IsActive ? _reduction.Allowance : _congestion.Window - InFlight;

    /// <summary>Round trips are about as short as they ever were: what limits the rate then is not the path.</summary>
    private bool ShowsNoQueue => _rtt.Smoothed - _rtt.Minimum <= _rtt.Minimum / 8;

    /// <summary>Input: the application wrote or closed; the send queue has been refreshed.</summary>
    public void OnApplicationWrote(TimeSpan now)
    {
        CheckOrphaned(now);
        if (!IsSending || _snd.Outstanding > 0 || now - _liveness.LastSent <= _rtt.Rto) return;
        _congestion.OnIdleRestart(now);
        _pacer.PacesRestart = _congestion.Window > InitialWindow.For((uint)SegmentPayload);
    }

    /// <summary>
    /// Retransmits what is lost, from the lowest number up, as far as it is contiguous and there is room. The first
    /// retransmission after a timeout or at the start of a recovery is sent whatever the room (RFC 6675 section 5 step 4.3).
    /// </summary>
    private bool TryRetransmit(TimeSpan now, ref OutboundSegment segment)
    {
        var isForced = _pending.TryTakeRetransmit();
        if (!IsSending || _snd.Outstanding == 0) return false;
        if (!isForced && !_scoreboard.HasLost) return false;
        var room = Math.Max(Math.Min(CongestionRoom, MaximumBurst), isForced ? FullSegment : 0);
        if (room == 0) return false;
        var oneMore = (int)room + 1; // a FIN, or it shows that there is no room for all
        if (!_scoreboard.TryPeekLost(oneMore, out var start, out var lost))
            (start, lost) = (_snd.Una, (int)Math.Min(_snd.Outstanding, FullSegment));
        if (!isForced && (_forwardRto.HoldsRetransmissions || MustPace(now))) return false;
        var length = Math.Min(lost, DataEnd - start);
        if (length > 0) length = (int)Math.Min(WholeSegments(length, room), _snd.RoomToRetransmit(start, FullSegment));
        if (length <= 0 && start != DataEnd) return false;
        FillPayload(ref segment, start, length, now);
        return true;
    }

    /// <summary>
    /// F-RTO asks for new data after a timeout. Where none can be sent, what is lost is retransmitted (RFC 5682 section 2.1 step
    /// 2); Linux would lift Nagle's algorithm for the test.
    /// </summary>
    private bool EndFruitlessTest()
    {
        if (!_forwardRto.HoldsRetransmissions || _snd.Max != _recovery.Point || _timers.IsRunning(TcpTimer.Pacing)) return false;
        _forwardRto.End();
        return true;
    }

    /// <summary>
    /// The tail loss probe (RFC 8985 section 7.3): new payload where there is any, else the last segment again.
    /// </summary>
    private bool TrySendTailLossProbe(TimeSpan now, ref OutboundSegment segment)
    {
        if (!_probe.IsPending) return false;
        _probe.IsPending = false;
        if (!IsSending) return false;
        var fresh = (int)Math.Min(Math.Min(DataEnd - _snd.Max, _snd.PeerRoom), FullSegment);
        if (fresh > 0 && !_scoreboard.IsFull)
        {
            FillPayload(ref segment, _snd.Max, fresh, now);
            _snd.OnPayloadSent(fresh, FullSegment);
            _probe.OnSent(_snd.Max, repeatedBytes: 0);
            return true;
        }

        if (!_scoreboard.TryPeekLastSegment(DataEnd, out var start)) return false;
        FillPayload(ref segment, start, Math.Min(SequenceNumber.Min(DataEnd, _snd.Max) - start, FullSegment), now);
        _probe.OnSent(_snd.Max, repeatedBytes: (uint)segment.Payload.Length + ((segment.Flags & TcpFlags.Fin) != 0 ? 1u : 0u));
        return true;
    }

    private bool TrySendPayload(TimeSpan now, ref OutboundSegment segment)
    {
        if (!IsSending || _scoreboard.IsFull) return false;
        var available = DataEnd - _snd.Max;
        var finDue = _send.IsCompleted && available >= 0 && IsSynchronized;
        if (available <= 0 && !_scoreboard.HasLost && InFlight < _congestion.Window) _rate.OnApplicationLimited(InFlight);
        if (available <= 0 && !(finDue && available == 0)) return false;
        if (available > 0 && MustPace(now)) return false;
        var length = SendableLength(available, now);
        if (length < 0) return false;
        if (length > 0 && _snd.Outstanding == 0) _congestion.OnSendFromIdle(now);
        FillPayload(ref segment, _snd.Max, length, now);
        _snd.OnPayloadSent(length, FullSegment);
        return true;
    }

    /// <summary>
    /// Bytes to put into the next segment; -1: nothing may be sent now. They make whole segments, unless they are the last of
    /// what was written (and Nagle's algorithm permits them) or the peer's window never was larger (silly-window avoidance).
    /// </summary>
    private int SendableLength(int available, TimeSpan now)
    {
        var usable = Math.Min(_snd.PeerRoom, CongestionRoom);
        if (available == 0)
        {
            if (usable >= 0 && _snd.HasRoomForFin(_snd.Max)) return 0;
            if (_snd.Outstanding == 0) StartPersistTimer(now);
            return -1;
        }

        var burst = MaximumBurst;
        var length = (int)Math.Min(Math.Min(available, usable), burst);
        var full = FullSegment;
        if (length < available)
        {
            if (usable < burst) _windowUse.Note(CongestionRoom <= _snd.PeerRoom, _snd);
            if (length >= full) return length / full * full;
            if (length > 0 && (length >= _snd.LargestWindow / 2 || _pending.Probe)) return length;
            if (_snd.PeerRoom < CongestionRoom && ShowsNoQueue) _rate.OnApplicationLimited(InFlight);
            if (_snd.Outstanding == 0) StartPersistTimer(now);
            return -1;
        }

        if (_send.IsCompleted) return length;
        return _options.Cork ? PermittedByCork(length, full, now) : PermittedByNagle(length, full);
    }

    /// <summary>The part of <paramref name="length"/> bytes that fits into the room, in whole segments or to its end.</summary>
    private long WholeSegments(int length, long room) => length <= room ? length : room / FullSegment * FullSegment;

    /// <summary>Fills a segment with payload from <paramref name="start"/> on, and the FIN where the payload ends.</summary>
    private void FillPayload(ref OutboundSegment segment, SequenceNumber start, int length, TimeSpan now)
    {
        var payload = length == 0 ? default : _send.Slice(start - _snd.DataUna, length);
        var end = start + (int)payload.Length;
        var flags = TcpFlags.Ack;
        if (end == DataEnd)
        {
            flags |= payload.Length > 0 ? TcpFlags.Psh : TcpFlags.None;
            if (_send.IsCompleted && IsSynchronized && (_snd.FinSent || _snd.HasRoomForFin(end)))
            {
                flags |= TcpFlags.Fin;
                end += 1;
            }
        }

        var isNew = start >= _snd.Max;
        if (!isNew) _tally.OnRetransmission((int)payload.Length, SegmentPayload);
        else if (IsDialogue(now)) _acknowledging.EndQuickAcks();

        Fill(ref segment, start, flags, now);
        segment.Payload = payload;
        segment.MaximumPayload = EffectiveMss - SegmentOptions.LengthOf(segment.Options);
        if (isNew && length > 0 && _negotiated.Ecn) _ecn.Mark(ref segment);
        _pending.Probe = false;
        if ((flags & TcpFlags.Fin) != 0)
        {
            _snd.OnFinSent();
            OnFinSent();
        }

        CountSent(start, end, Math.Min(segment.MaximumPayload, FullSegment), now);
    }

    /// <summary>New payload answers what just arrived: the answers carry the acknowledgments.</summary>
    private bool IsDialogue(TimeSpan now) => _tally.BytesReceived > 0 && now - _tally.PayloadArrivedAt <= _settings.DelayedAck;
}
