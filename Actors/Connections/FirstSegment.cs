using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Connections;

/// <summary>
/// A SYN that waits for its connection's actor. Its text is left out, because the frame does not wait: the peer sends it again
/// after the handshake (RFC 9293 section 3.10.7.2 leaves that open). Only that of a Fast Open is kept.
/// </summary>
internal sealed class FirstSegment(in TcpSegment segment, ReadOnlyMemory<byte> text = default)
{
    public readonly TcpSegment Segment = segment with { Payload = text };

    /// <summary>What becomes of its Fast Open option.</summary>
    public FastOpenAnswer FastOpen { get; init; }

    /// <summary>Null: the SYN was not yet answered.</summary>
    public SynCookie? Cookie { get; init; }

    /// <summary>What follows the acknowledgment of a cookie at once: its sender is no stranger, and would have to time out to send it again.</summary>
    public SegmentBurst? Early { get; set; }

    /// <summary>The initial sequence number to answer with, where the flow's last one settles it (RFC 6191); null: any.</summary>
    public SequenceNumber? Iss { get; init; }
}
