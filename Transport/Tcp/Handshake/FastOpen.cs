using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Handshake;

/// <summary>TCP Fast Open of one connection (RFC 7413): the option of its SYN, and the fate of the payload.</summary>
internal struct FastOpen
{
    /// <summary>The cookie, or the request for one, that goes with the SYN or SYN,ACK; null: no option.</summary>
    public FastOpenCookie? Cookie { get; private set; }

    /// <summary>The MSS that the peer announced when it granted the cookie, bytes; 0: unknown.</summary>
    public ushort Mss { get; private set; }

    /// <summary>The payload of the peer's SYN was taken: the application began in SYN-RECEIVED.</summary>
    public bool IsPayloadTaken { get; private set; }

    /// <summary>A SYN with payload had no answer: the path may drop such (section 4.1.3.1).</summary>
    public bool HasFailed { get; private set; }

    /// <summary>The cookie that the peer granted for the next connection.</summary>
    public FastOpenAttempt? Grant { get; private set; }

    /// <summary>A client opens: its SYN carries the cookie or asks for one.</summary>
    public void Begin(FastOpenAttempt? attempt) => (Cookie, Mss) = (attempt?.Cookie, attempt?.MaximumSegmentSize ?? 0);

    /// <summary>
    /// A server answers: its SYN,ACK carries the cookie that it grants. True: the payload of the SYN is to be taken.
    /// </summary>
    public bool Answer(in TcpSegment syn, in FastOpenAnswer answer)
    {
        Cookie = answer.Cookie;
        IsPayloadTaken = answer.TakesPayload && !syn.Payload.IsEmpty;
        return IsPayloadTaken;
    }

    /// <summary>
    /// The server's SYN,ACK may grant a cookie for the next connection. A grant that was not asked for is ignored.
    /// </summary>
    public void TakeGrant(in TcpSegment segment)
    {
        if (Cookie is null || segment.Options is not { HasFastOpen: true, FastOpen.IsRequest: false }) return;
        Grant = new FastOpenAttempt(segment.Options.FastOpen, segment.Options.MaximumSegmentSize);
    }

    /// <summary>The client's SYN was acknowledged. False where it carried no option.</summary>
    public bool Settle()
    {
        if (Cookie is null) return false;
        Cookie = null;
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
        Cookie = section.HasOption && FastOpenCookie.IsLength(section.Cookie.Length) ? new FastOpenCookie(section.Cookie) : null;
        Mss = section.Mss;
        IsPayloadTaken = section.PayloadTaken;
        HasFailed = section.Failed;
    }
}
