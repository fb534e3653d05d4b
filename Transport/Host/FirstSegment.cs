using ActorStack.Transport.Tcp.Handshake;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// A SYN that waits for its connection's owner. Its payload is left out, because the frame does not wait: the peer sends it again
/// after the handshake (RFC 9293 section 3.10.7.2 leaves that open). Only the payload of a Fast Open is kept.
/// </summary>
/// <param name="segment">The SYN.</param>
/// <param name="payload">A copy of its payload, where a Fast Open cookie is good for it.</param>
public sealed class FirstSegment(in TcpSegment segment, ReadOnlyMemory<byte> payload = default)
{
    private readonly TcpSegment _segment = segment with { Payload = payload };

    /// <summary>The SYN with the payload that was kept.</summary>
    public ref readonly TcpSegment Segment => ref _segment;

    /// <summary>The answer to the Fast Open option of the SYN.</summary>
    public FastOpenAnswer FastOpen { get; init; }

    /// <summary>The cookie that the SYN was answered with before it was admitted; null: the SYN was not yet answered.</summary>
    public SynCookie? Cookie { get; init; }

    /// <summary>
    /// The initial sequence number to answer with, where the flow's last connection settles it (RFC 6191); null: any.
    /// </summary>
    public SequenceNumber? Iss { get; init; }
}
