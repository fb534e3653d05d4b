using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Sending;

/// <summary>
/// The signals of Explicit Congestion Notification in both directions (RFC 3168 section 6.1): the echo of a mark that arrived,
/// and the answer to an echo.
/// </summary>
internal struct EcnState
{
    private const TcpFlags Setup = TcpFlags.Ece | TcpFlags.Cwr;

    private bool _isCwrPending;
    private SequenceNumber? _answeredThrough;

    /// <summary>A mark arrived and is echoed until the peer says that it has reduced its window.</summary>
    public bool IsEchoing { get; private set; }

    /// <summary>
    /// A SYN asks with both flags, a SYN,ACK agrees with one (section 6.1.1). A SYN,ACK with both flags comes from a peer that
    /// mirrors them.
    /// </summary>
    public static bool IsAgreedBy(in TcpSegment syn) => (syn.Flags & Setup) == (syn.Has(TcpFlags.Ack) ? TcpFlags.Ece : Setup);

    /// <summary>The flags of a SYN that asks for ECN, or of a SYN,ACK that agrees.</summary>
    public static TcpFlags SynFlags(bool isAnswer) => isAnswer ? TcpFlags.Ece : Setup;

    /// <summary>
    /// A mark on payload is echoed in every acknowledgment until CWR arrives (section 6.1.3). A mark on a segment without payload
    /// is ignored: such a segment is never sent as capable (section 6.1.4). True: the echo begins and is due at once.
    /// </summary>
    public bool TryTakeMark(in TcpSegment segment)
    {
        if (segment.Payload.IsEmpty || segment.Has(TcpFlags.Syn)) return false;
        if (segment.Has(TcpFlags.Cwr)) IsEchoing = false;
        if (segment.Ecn is not EcnCodepoint.CongestionExperienced || IsEchoing) return false;
        IsEchoing = true;
        return true;
    }

    /// <summary>
    /// The window was already reduced for what was outstanding then: an echo is answered once a window of data (section 6.1.2).
    /// </summary>
    public readonly bool IsAnswered(SequenceNumber una) => una <= _answeredThrough;

    /// <summary>SND.UNA advanced.</summary>
    public void OnAcknowledged(SequenceNumber una)
    {
        if (una > _answeredThrough) _answeredThrough = null;
    }

    /// <summary>The congestion window was reduced: the next new payload says so.</summary>
    public void OnReduced(SequenceNumber max)
    {
        _isCwrPending = true;
        _answeredThrough = max;
    }

    /// <summary>
    /// New payload is sent as capable; what is retransmitted, or has no payload, never is (sections 6.1.4 to 6.1.6).
    /// </summary>
    public void Mark(ref OutboundSegment segment)
    {
        segment.TrafficClass |= (byte)EcnCodepoint.Ect0;
        if (_isCwrPending) segment.Flags |= TcpFlags.Cwr;
        _isCwrPending = false;
    }

    /// <summary>The section of the record.</summary>
    public readonly EcnSection Export() => new()
    {
        Echoing = IsEchoing,
        CwrPending = _isCwrPending,
        HasAnswered = _answeredThrough is not null,
        AnsweredThrough = _answeredThrough?.Value ?? 0,
    };

    /// <summary>Continues from the record.</summary>
    public void Restore(EcnSection section)
    {
        IsEchoing = section.Echoing;
        _isCwrPending = section.CwrPending;
        _answeredThrough = section.HasAnswered ? new SequenceNumber(section.AnsweredThrough) : null;
    }
}
