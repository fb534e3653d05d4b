using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// Text in the SYN, for peers that were here before (RFC 7413). A server that took it lets its application answer at once, in SYN-RECEIVED;
/// a client whose text was not taken sends it again after the handshake. A SYN that is resent is an ordinary one (section 4.2.1).
/// </summary>
/// <remarks>
/// A SYN may arrive twice, and so may its text where the first connection is over by then (section 2.1): for requests that may be
/// repeated only, and off by default. A FIN in the SYN is left for the peer to send again.
/// </remarks>
public sealed partial class TcpConnection
{
    private FastOpenCookie? _fastOpen;
    private ushort _fastOpenMss;
    private bool _fastOpened;

    /// <summary>Query, once established: what the peer granted for the next connection; null: nothing.</summary>
    public FastOpenAttempt? FastOpenGrant { get; private set; }

    /// <summary>Query: a SYN with text had no answer; the path may drop such (section 4.1.3.1).</summary>
    public bool FastOpenFailed { get; private set; }

    /// <summary>Text may leave before the peer acknowledged our SYN: it had a cookie, so it is where it says.</summary>
    private bool IsSendingEarly => _fastOpened && State is TcpState.SynReceived;

    private void TakeSynText(in TcpSegment syn, in FastOpenAnswer answer)
    {
        _fastOpen = answer.Cookie;
        if (!answer.TakesText || syn.Payload.IsEmpty) return;
        _fastOpened = true;
        _events |= TcpEvents.Established;
        var text = syn.Payload.Span;
        Deliver(text[..Math.Min(text.Length, _rcvAdv - _rcvNxt)]);
    }

    /// <summary>
    /// The option and, with a cookie, the text that goes with the first SYN. Returns the bytes of text. A client's SYN carries
    /// the cookie that the peer granted, a server's SYN,ACK the cookie that it grants. The SYN,ACK of a simultaneous open carries
    /// none: its sender has no cookie to grant.
    /// </summary>
    private int AddFastOpen(ref OutboundSegment syn)
    {
        var grants = State is TcpState.SynReceived;
        if (_fastOpen is not { } cookie || _retransmitCount > 0 || grants != _isPassive) return 0;
        if (grants || cookie.IsRequest)
        {
            syn.Options.HasFastOpen = true;
            syn.Options.FastOpen = cookie;
            return 0;
        }

        var segment = _fastOpenMss > 0 ? Math.Min(_fastOpenMss, _receiveMss) : _sendMss;
        var room = Math.Min(Math.Min(segment, _path.Current - HeaderLength) - MaximumOptions, _settings.MaximumSegmentPayload);
        var length = (int)Math.Min(_send.Length, room);
        if (length <= 0) return 0;
        syn.Options.HasFastOpen = true;
        syn.Options.FastOpen = cookie;
        syn.Payload = _send.Slice(0, length);
        syn.MaximumPayload = length;
        return (int)syn.Payload.Length;
    }

    /// <summary>The server's SYN,ACK may grant a cookie for the next connection. One that was not asked for is ignored.</summary>
    private void TakeFastOpenGrant(in TcpSegment segment)
    {
        if (_fastOpen is null || segment.Options is not { HasFastOpen: true, FastOpen.IsRequest: false }) return;
        FastOpenGrant = new FastOpenAttempt(segment.Options.FastOpen, segment.Options.MaximumSegmentSize);
    }

    /// <summary>The peer acknowledged our SYN: the text that went with it was taken, or is sent again at once.</summary>
    private void SettleSynText(in TcpSegment segment, TimeSpan now)
    {
        if (_isPassive || _fastOpen is null) return;
        _fastOpen = null;
        if (_sndMax == _sndUna) return;
        var isTaken = segment.Acknowledgment > _sndUna;
        _settings.Counters.Count(isTaken ? TcpExt.TCPFastOpenActive : TcpExt.TCPFastOpenActiveFail);
        if (isTaken) ProcessAcknowledgment(segment, now);
        if (_sndMax > _sndUna) ResendAll(now);
    }

    private void NoteFastOpenTimeout()
    {
        if (State is TcpState.SynSent && _sndMax > _iss + 1) FastOpenFailed = true;
    }

    private FastOpenSection ExportFastOpen() => new()
    {
        HasOption = _fastOpen is not null,
        Cookie = _fastOpen?.ToArray() ?? [],
        Mss = _fastOpenMss,
        PayloadTaken = _fastOpened,
        Failed = FastOpenFailed,
    };

    private void ImportFastOpen(FastOpenSection section)
    {
        _fastOpen = section.HasOption && FastOpenCookie.IsLength(section.Cookie.Length) ? new FastOpenCookie(section.Cookie) : null;
        _fastOpenMss = section.Mss;
        _fastOpened = section.PayloadTaken;
        FastOpenFailed = section.Failed;
    }
}
