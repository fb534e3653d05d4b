using System.Net.Sockets;
using ActorStack.Transport.State;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>Opening: what the SYNs settle (RFC 9293 sections 3.5 and 3.10.7.3, RFC 7323, RFC 2018).</summary>
public sealed partial class TcpConnection
{
    /// <summary>RFC 7323 section 2.3.</summary>
    private const byte MaximumWindowScale = 14;

    private SequenceNumber _iss;
    private SequenceNumber _irs;
    private ushort _sendMss;
    private ushort _receiveMss;
    private bool _windowScaling;
    private byte _sndWindScale;
    private byte _rcvWindScale;
    private bool _sackPermitted;
    private bool _timestamps;
    private bool _synPending;

    /// <summary>The window of a SYN is never scaled (RFC 7323 section 2.2).</summary>
    private ushort SynWindow => (ushort)Math.Min(FreeRoom, ushort.MaxValue);

    /// <summary>In SYN-SENT what this end offers; from then on what both ends offered.</summary>
    private SynOptions SynOptions => new(_receiveMss, _windowScaling ? _rcvWindScale : null, _sackPermitted, _timestamps);

    /// <summary>Answers a SYN: the connection is in SYN-RECEIVED and a SYN,ACK is due.</summary>
    /// <param name="timestampOffset">Added to <paramref name="now"/> for TSval: random, so that uptime and other connections stay hidden.</param>
    /// <param name="fastOpen">What becomes of the SYN's text and its Fast Open option.</param>
    public static TcpConnection Accept(
        in FlowKey flow, in TcpSegment syn, TcpSettings settings, ISendQueue send, IReceiveQueue receive,
        SequenceNumber iss, TimeSpan timestampOffset, TimeSpan now, FastOpenAnswer fastOpen = default)
    {
        var connection = new TcpConnection(flow, settings, send, receive, isPassive: true) { State = TcpState.SynReceived };
        settings.Counters.Count(TcpMib.PassiveOpens);
        connection.Open(iss, timestampOffset);
        connection.TakeSyn(syn, now);
        connection.TakeSynText(syn, fastOpen);
        return connection;
    }

    /// <summary>Opens actively: the connection is in SYN-SENT and a SYN is due.</summary>
    /// <param name="fastOpen">The SYN takes text along, or asks for the right to do so the next time; null: neither.</param>
    public static TcpConnection Connect(
        in FlowKey flow, TcpSettings settings, ISendQueue send, IReceiveQueue receive,
        SequenceNumber iss, TimeSpan timestampOffset, TimeSpan now, FastOpenAttempt? fastOpen = null)
    {
        var connection = new TcpConnection(flow, settings, send, receive, isPassive: false) { State = TcpState.SynSent };
        settings.Counters.Count(TcpMib.ActiveOpens);
        connection.Open(iss, timestampOffset);
        (connection._fastOpen, connection._fastOpenMss) = (fastOpen?.Cookie, fastOpen?.MaximumSegmentSize ?? 0);
        return connection;
    }

    /// <summary>
    /// Input, the first after <see cref="Accept"/>: the SYN,ACK left before this connection was, as a SYN cookie, and
    /// <paramref name="acknowledgment"/> came for it. When it left only a timestamp can tell.
    /// </summary>
    public void OnCookieAcknowledged(in TcpSegment acknowledgment, TimeSpan now)
    {
        _synPending = false;
        var age = (int)(TimestampValue(now) - acknowledgment.Options.TimestampEcho);
        if (_timestamps && age >= 0) CountSent(_iss, _iss + 1, SegmentPayload, now - TimeSpan.FromMilliseconds(age));
        else _sndMax = _iss + 1;
        OnSegment(acknowledgment, now);
    }

    private void Open(SequenceNumber iss, TimeSpan timestampOffset)
    {
        _timestampOffset = timestampOffset;
        _iss = _sndUna = _sndMax = _cwndLimitedThrough = _smallEnd = iss;
        _dataUna = iss + 1;
        _windowScaling = _settings.WindowScaling;
        _sackPermitted = _settings.Sack;
        _timestamps = _settings.Timestamps;
        _rcvWindScale = WindowScaleFor(_receive.Capacity);
        _synPending = true;
        OpenEcn();
    }

    /// <summary>RFC 9293 section 3.10.7.3. True where the segment was the peer's SYN.</summary>
    private bool ArriveInSynSent(in TcpSegment segment, TimeSpan now)
    {
        if (segment.Has(TcpFlags.Ack) && (segment.Acknowledgment <= _iss || segment.Acknowledgment > _sndMax))
        {
            if (!segment.Has(TcpFlags.Rst)) OweReset(segment.Acknowledgment);
            return false;
        }

        if (segment.Has(TcpFlags.Rst))
        {
            if (segment.Has(TcpFlags.Ack)) EnterClosed(new SocketException((int)SocketError.ConnectionRefused));
            return false;
        }

        if (!segment.Has(TcpFlags.Syn)) return false;
        TakeSyn(segment, now);
        if (!segment.Has(TcpFlags.Ack))
        {
            // Simultaneous open: answer with SYN,ACK.
            State = TcpState.SynReceived;
            _synPending = true;
            return true;
        }

        _synPending = false;
        AcknowledgeSyn(segment, now);
        SetSendWindow(segment);
        TakeFastOpenGrant(segment);
        SettleSynText(segment, now);
        _ackPending = true;
        TakeBody(segment, now);
        return true;
    }

    /// <summary>The peer's SYN: its sequence number and what its options settle.</summary>
    private void TakeSyn(in TcpSegment syn, TimeSpan now)
    {
        ref readonly var options = ref syn.Options;
        _lastReceived = now;
        _irs = syn.Sequence;
        _rcvNxt = _rcvWup = _lastAckSent = syn.Sequence + 1;
        _rcvAdv = _rcvNxt + SynWindow;
        _tuning = new ReceiveWindowTuning(_rcvNxt, InitialSegments * _receiveMss, now);
        if (options.MaximumSegmentSize > 0) _sendMss = Math.Max(options.MaximumSegmentSize, MinimumMss);
        _sendMss = Math.Min(_sendMss, _receiveMss);
        _windowScaling &= options.HasWindowScale;
        _sndWindScale = _windowScaling ? Math.Min(options.WindowScale, MaximumWindowScale) : (byte)0;
        if (!_windowScaling) _rcvWindScale = 0;
        _sackPermitted &= options.SackPermitted;
        _timestamps &= options.HasTimestamps;
        if (_timestamps) SetTsRecent(options.TimestampValue, now);
        AgreeOnEcn(syn);
        _congestion = CongestionControls.Create(_options.CongestionAlgorithm, SegmentPayload, _iss.Value, now);
        _sndWnd = _maxSndWnd = syn.Window;
        _sndWl1 = syn.Sequence;
        _sndWl2 = syn.Acknowledgment;
    }

    private void AcknowledgeSyn(in TcpSegment segment, TimeSpan now)
    {
        var delivery = BeginDelivery(segment, now);
        _scoreboard.Acknowledge(_iss + 1, ref delivery);
        _sndUna = _iss + 1;
        _synPending = false;
        _timers.Stop(TcpTimer.Retransmit);
        AnswerHandshakeLoss(now);
        _retransmitCount = 0;
        _retransmittingSince = null;
        SampleRtt(delivery);
        _rate.OnDelivered(delivery, _rtt.Minimum);
        if (!_rtt.HasSample) _rtt.RestartAfterSyn();
        if (_sndUna != _sndMax) StartRetransmitTimer(now);
        OnHandshakeDone(now);
        RestartKeepalive(now);
    }

    /// <summary>
    /// RFC 5681 section 3.1: where SYNs were lost, one segment begins. Not after a single retransmission (RFC 6928 section 2): a round trip
    /// longer than the first timeout brings one too.
    /// </summary>
    private void AnswerHandshakeLoss(TimeSpan now)
    {
        if (_retransmitCount > 1) _congestion.OnCongestion(CongestionSignal.HandshakeLoss, new AcknowledgmentSample { Now = now });
    }

    private void SetSendWindow(in TcpSegment segment)
    {
        _sndWnd = (uint)segment.Window << (segment.Has(TcpFlags.Syn) ? 0 : _sndWindScale);
        _maxSndWnd = Math.Max(_maxSndWnd, _sndWnd);
        _sndWl1 = segment.Sequence;
        _sndWl2 = segment.Acknowledgment;
    }

    /// <summary>The smallest shift that lets the window reach the capacity.</summary>
    public static byte WindowScaleFor(long capacity)
    {
        byte shift = 0;
        while (shift < MaximumWindowScale && capacity >> shift > ushort.MaxValue) shift++;
        return shift;
    }
}
