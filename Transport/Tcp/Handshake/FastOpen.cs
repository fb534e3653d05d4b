using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Handshake;

/// <summary>TCP Fast Open of one connection (RFC 7413): the option of its SYN, and the fate of the payload.</summary>
internal struct FastOpen
{
    /// <summary>Null where the connection has nothing to do with Fast Open, as most.</summary>
    private Exchange? _exchange;

    /// <summary>The cookie, or the request for one, that goes with the SYN or SYN,ACK; null: no option.</summary>
    public readonly FastOpenCookie? Cookie => _exchange?.Cookie;

    /// <summary>The MSS that the peer announced when it granted the cookie, bytes; 0: unknown.</summary>
    public readonly ushort Mss => _exchange?.Mss ?? 0;

    /// <summary>The payload of the peer's SYN was taken: the application began in SYN-RECEIVED.</summary>
    public bool IsPayloadTaken { get; private set; }

    /// <summary>A SYN with payload had no answer: the path may drop such (section 4.1.3.1).</summary>
    public bool HasFailed { get; private set; }

    /// <summary>The cookie that the peer granted for the next connection.</summary>
    public readonly FastOpenAttempt? Grant => _exchange?.Grant;

    /// <summary>A client opens: its SYN carries the cookie or asks for one.</summary>
    public void Begin(FastOpenAttempt? attempt) =>
        _exchange = attempt is { } made ? new Exchange { Cookie = made.Cookie, Mss = made.MaximumSegmentSize } : null;

    /// <summary>
    /// A server answers: its SYN,ACK carries the cookie that it grants. True: the payload of the SYN is to be taken.
    /// </summary>
    public bool Answer(in TcpSegment syn, in FastOpenAnswer answer)
    {
        _exchange = answer.Cookie is { } cookie ? new Exchange { Cookie = cookie } : null;
        IsPayloadTaken = answer.TakesPayload && !syn.Payload.IsEmpty;
        return IsPayloadTaken;
    }

    /// <summary>
    /// The server's SYN,ACK may grant a cookie for the next connection. A grant that was not asked for is ignored.
    /// </summary>
    public void TakeGrant(in TcpSegment segment)
    {
        if (_exchange?.Cookie is null || segment.Options is not { HasFastOpen: true, FastOpen.IsRequest: false }) return;
        _exchange.Grant = new FastOpenAttempt(segment.Options.FastOpen, segment.Options.MaximumSegmentSize);
    }

    /// <summary>The client's SYN was acknowledged. False where it carried no option.</summary>
    public bool Settle()
    {
        if (_exchange?.Cookie is null) return false;
        _exchange.Cookie = null;
        return true;
    }

    /// <summary>The SYN with payload timed out.</summary>
    public void Fail() => HasFailed = true;

    /// <summary>The section of the record.</summary>
    public readonly FastOpenSection Export() => new()
    {
        HasOption = Cookie is not null,
        Cookie = Cookie?.ToArray() ?? [],
        Mss = Mss,
        PayloadTaken = IsPayloadTaken,
        Failed = HasFailed,
    };

    /// <summary>Continues from the record.</summary>
    public void Restore(FastOpenSection section)
    {
        FastOpenCookie? cookie =
            section.HasOption && FastOpenCookie.IsLength(section.Cookie.Length) ? new FastOpenCookie(section.Cookie) : null;
        _exchange = cookie is null && section.Mss == 0 ? null : new Exchange { Cookie = cookie, Mss = section.Mss };
        IsPayloadTaken = section.PayloadTaken;
        HasFailed = section.Failed;
    }

    private sealed class Exchange
    {
        public FastOpenCookie? Cookie { get; set; }

        public ushort Mss { get; init; }

        public FastOpenAttempt? Grant { get; set; }
    }
}
