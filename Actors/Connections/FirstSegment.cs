using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Connections;

/// <summary>
/// A SYN that waits for its connection's actor. Its text is left out, because the frame does not wait: the peer sends it again
/// after the handshake (RFC 9293 section 3.10.7.2 leaves that open).
/// </summary>
/// <param name="cookie">The initial sequence number the SYN was answered with before it was admitted; null: it was not yet answered.</param>
internal sealed class FirstSegment(in TcpSegment segment, SequenceNumber? cookie = null)
{
    public readonly TcpSegment Segment = segment with { Payload = default };

    public SequenceNumber? Cookie => cookie;
}
