using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Handshake;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Tcp.Statistics;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// Payload in the SYN, for peers that were here before (RFC 7413). A server that took it lets its application answer at once, in
/// SYN-RECEIVED. A client whose payload was not taken sends it again after the handshake. A SYN that is retransmitted is an
/// ordinary one (section 4.2.1).
/// </summary>
/// <remarks>
/// A SYN may arrive twice, and so may its payload where the first connection is over by then (section 2.1): Fast Open is for
/// requests that may be repeated, and off by default. A FIN in the SYN is left for the peer to send again.
/// </remarks>
public sealed partial class TcpConnection
{
    /// <summary>
    /// Query, once established: the cookie that the peer granted for the next connection; null: it granted none.
    /// </summary>
    public FastOpenAttempt? FastOpenGrant => _fastOpen.Grant;

    /// <summary>Query: a SYN with payload had no answer; the path may drop such (section 4.1.3.1).</summary>
    public bool FastOpenFailed => _fastOpen.HasFailed;

    /// <summary>Payload may leave before the peer acknowledged our SYN: its cookie showed that its address is its own.</summary>
    private bool IsSendingEarly => _fastOpen.IsPayloadTaken && State is TcpState.SynReceived;

    private void TakeSynPayload(in TcpSegment syn, in FastOpenAnswer answer)
    {
        if (!_fastOpen.Answer(syn, answer)) return;
        _events |= TcpEvents.Established;
        var payload = syn.Payload.Span;
        Deliver(payload[..Math.Min(payload.Length, _rcv.Window)]);
    }

    /// <summary>
    /// Adds the option and, with a cookie, the payload that goes with the first SYN. Returns the bytes of payload. A client's SYN
    /// carries the cookie that the peer granted, a server's SYN,ACK the cookie that it grants. The SYN,ACK of a simultaneous open
    /// carries none: its sender has no cookie to grant.
    /// </summary>
    private int AddFastOpen(ref OutboundSegment syn)
    {
        var grants = State is TcpState.SynReceived;
        if (_fastOpen.Cookie is not { } cookie || _retransmission.Count > 0 || grants != _isPassive) return 0;
        if (grants || cookie.IsRequest)
        {
            syn.Options.HasFastOpen = true;
            syn.Options.FastOpen = cookie;
            return 0;
        }

        var length = (int)Math.Min(_send.Length, SynPayloadRoom);
        if (length <= 0) return 0;
        syn.Options.HasFastOpen = true;
        syn.Options.FastOpen = cookie;
        syn.Payload = _send.Slice(0, length);
        syn.MaximumPayload = length;
        return (int)syn.Payload.Length;
    }

    /// <summary>Bytes of payload that a SYN may carry: as the peer's MSS of the last connection and the path allow.</summary>
    private int SynPayloadRoom
    {
        get
        {
            var mss = _fastOpen.Mss > 0 ? Math.Min(_fastOpen.Mss, _negotiated.ReceiveMss) : _negotiated.SendMss;
            var room = Math.Min(mss, _path.Mtu - HeaderLength) - SegmentOptions.MaximumLength;
            return Math.Min(room, _settings.MaximumSegmentPayload);
        }
    }

    /// <summary>The peer acknowledged our SYN: the payload that went with it was taken, or is sent again at once.</summary>
    private void SettleSynPayload(in TcpSegment segment, TimeSpan now)
    {
        if (_isPassive || !_fastOpen.Settle() || _snd.IsAcknowledged) return;
        var isTaken = segment.Acknowledgment > _snd.Una;
        _settings.Counters.Count(isTaken ? TcpExt.TCPFastOpenActive : TcpExt.TCPFastOpenActiveFail);
        if (isTaken) ProcessAcknowledgment(segment, now);
        if (_snd.Outstanding > 0) ResendAll(now);
    }
}
