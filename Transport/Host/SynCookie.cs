using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>A SYN was answered with this sequence number before it was admitted.</summary>
/// <param name="Iss">The initial sequence number.</param>
/// <param name="Options">The options of the segment that acknowledged it.</param>
public sealed record SynCookie(SequenceNumber Iss, TcpOptions Options)
{
    /// <summary>The acknowledgment of the SYN,ACK that left before the flow was admitted.</summary>
    /// <param name="syn">The SYN, as far as the cookie tells it.</param>
    public TcpSegment Acknowledge(in TcpSegment syn) => new()
    {
        Sequence = syn.Sequence + 1,
        Acknowledgment = Iss + 1,
        Flags = TcpFlags.Ack,
        Window = syn.Window,
        Options = Options,
    };
}
