using System.Net.Sockets;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Tcp.Handshake;
using ActorStack.Transport.Tcp.Receiving;
using ActorStack.Transport.Tcp.Statistics;
using ActorStack.Transport.Tcp.Timers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>The handshake (RFC 9293 sections 3.5 and 3.10.7.3); see <see cref="Negotiated"/>.</summary>
public sealed partial class TcpConnection
{
    /// <summary>The window of a SYN is never scaled (RFC 7323 section 2.2).</summary>
    private ushort SynWindow => (ushort)Math.Min(FreeRoom, ushort.MaxValue);

    /// <summary>Answers a SYN: the connection is in SYN-RECEIVED and a SYN,ACK is due.</summary>
    /// <param name="flow">Both ends of the connection.</param>
    /// <param name="syn">The SYN of the peer.</param>
    /// <param name="settings">The stack's settings; they must stay the same while the connection lives.</param>
    /// <param name="send">The bytes that the application writes.</param>
    /// <param name="receive">The bytes for the application to read.</param>
    /// <param name="iss">The initial sequence number of this end (RFC 6528).</param>
    /// <param name="timestampOffset">Added to <paramref name="now"/> for TSval: random, so that uptime and other connections stay
    /// hidden.</param>
    /// <param name="now">The stack's time; every input takes it, and it never runs back.</param>
    /// <param name="fastOpen">The answer to the Fast Open option and the payload of the SYN.</param>
    public static TcpConnection Accept(
        in FlowKey flow, in TcpSegment syn, TcpSettings settings, ISendQueue send, IReceiveQueue receive,
        SequenceNumber iss, TimeSpan timestampOffset, TimeSpan now, FastOpenAnswer fastOpen = default)
    {
        var connection = new TcpConnection(flow, settings, send, receive, isPassive: true) { State = TcpState.SynReceived };
        settings.Counters.Count(TcpMib.PassiveOpens);
        connection.Open(iss, timestampOffset);
        connection.TakeSyn(syn, now);
        connection.TakeSynPayload(syn, fastOpen);
        return connection;
    }

    /// <summary>Opens actively: the connection is in SYN-SENT and a SYN is due.</summary>
    /// <param name="flow">Both ends of the connection.</param>
    /// <param name="settings">The stack's settings; they must stay the same while the connection lives.</param>
    /// <param name="send">The bytes that the application writes.</param>
    /// <param name="receive">The bytes for the application to read.</param>
    /// <param name="iss">The initial sequence number of this end (RFC 6528).</param>
    /// <param name="timestampOffset">As for <see cref="Accept"/>.</param>
    /// <param name="now">The stack's time; every input takes it, and it never runs back.</param>
    /// <param name="fastOpen">The SYN takes payload along, or asks for the cookie to do so the next time; null: neither.</param>
    public static TcpConnection Connect(
        in FlowKey flow, TcpSettings settings, ISendQueue send, IReceiveQueue receive,
        SequenceNumber iss, TimeSpan timestampOffset, TimeSpan now, FastOpenAttempt? fastOpen = null)
    {
        var connection = new TcpConnection(flow, settings, send, receive, isPassive: false) { State = TcpState.SynSent };
        settings.Counters.Count(TcpMib.ActiveOpens);
        connection.Open(iss, timestampOffset);
        connection._fastOpen.Begin(fastOpen);
        return connection;
    }

    /// <summary>
    /// Input, the first after <see cref="Accept"/>: the SYN,ACK left before this connection was, as a SYN cookie, and
    /// <paramref name="acknowledgment"/> came for it. Only a timestamp can tell when it left.
    /// </summary>
    public void OnCookieAcknowledged(in TcpSegment acknowledgment, TimeSpan now)
    {
        _pending.Syn = false;
        var age = _timestamps.AgeOf(acknowledgment.Options.TimestampEcho, now);
        if (_negotiated.Timestamps && age >= TimeSpan.Zero) CountSent(_snd.Iss, _snd.Iss + 1, SegmentPayload, now - age);
        else _snd.OnSent(_snd.Iss + 1);
        OnSegment(acknowledgment, now);
    }

    private void Open(SequenceNumber iss, TimeSpan timestampOffset)
    {
        _timestamps.Open(timestampOffset);
        _snd.Open(iss);
        _windowUse.Open(iss);
        _negotiated.Offer(_settings, _receive.Capacity, _isPassive);
        _pending.Syn = true;
    }

    /// <summary>RFC 9293 section 3.10.7.3. True where the segment was the peer's SYN.</summary>
    private bool ArriveInSynSent(in TcpSegment segment, TimeSpan now)
    {
        if (segment.Has(TcpFlags.Ack) && !_snd.AcknowledgesOutstanding(segment))
        {
            if (!segment.Has(TcpFlags.Rst)) _pending.OweReset(segment.Acknowledgment);
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
            _pending.Syn = true;
            return true;
        }

        _pending.Syn = false;
        AcknowledgeSyn(segment, now);
        _snd.SetWindow(segment, _negotiated.SendShift);
        _fastOpen.TakeGrant(segment);
        SettleSynPayload(segment, now);
        _pending.Ack = true;
        TakeBody(segment, now);
        return true;
    }

    /// <summary>The peer's SYN: its sequence number and what its options settle.</summary>
    private void TakeSyn(in TcpSegment syn, TimeSpan now)
    {
        _liveness.OnSynReceived(now);
        _rcv.Open(syn.Sequence, SynWindow);
        _tuning = new ReceiveWindowTuning(_rcv.Nxt, InitialSegments * _negotiated.ReceiveMss, now);
        _negotiated.Agree(syn);
        if (_negotiated.Timestamps) _timestamps.Set(syn.Options.TimestampValue, now);
        _congestion = CongestionControls.Create(_options.CongestionAlgorithm, SegmentPayload, _snd.Iss.Value, now);
        _snd.TakeSyn(syn);
    }

    private void AcknowledgeSyn(in TcpSegment segment, TimeSpan now)
    {
        var delivery = BeginDelivery(segment, now);
        _scoreboard.Acknowledge(_snd.Iss + 1, ref delivery);
        _snd.AcknowledgeSyn();
        _pending.Syn = false;
        _timers.Stop(TcpTimer.Retransmit);
        AnswerHandshakeLoss(now);
        _retransmission.OnProgress();
        SampleRtt(delivery);
        _rate.OnDelivered(delivery, _rtt.Minimum);
        if (!_rtt.HasSample) _rtt.RestartAfterSyn();
        if (!_snd.IsAcknowledged) StartRetransmitTimer(now);
        OnHandshakeDone(now);
        RestartKeepalive(now);
    }

    /// <summary>
    /// RFC 5681 section 3.1: after lost SYNs the connection begins with one segment. A single retransmission does not count (RFC
    /// 6928 section 2): a round trip longer than the first timeout brings one too.
    /// </summary>
    private void AnswerHandshakeLoss(TimeSpan now)
    {
        if (_retransmission.Count > 1)
            _congestion.OnCongestion(CongestionSignal.HandshakeLoss, new AcknowledgmentSample { Now = now });
    }
}
