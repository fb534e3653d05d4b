using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Handshake;

/// <summary>The offer of a SYN, or the agreement of a SYN,ACK.</summary>
/// <param name="MaximumSegmentSize">Bytes that the sender of the SYN takes in a segment (RFC 9293 section 3.7.1).</param>
/// <param name="WindowScale">The shift of the sender's windows; null: windows are not scaled (RFC 7323 section 2).</param>
/// <param name="Sack">Selective acknowledgments may be sent to it (RFC 2018 section 2).</param>
/// <param name="Timestamps">RFC 7323 section 3.</param>
public readonly record struct SynOptions(
    ushort MaximumSegmentSize, byte? WindowScale = null, bool Sack = false, bool Timestamps = false)
{
    /// <summary>The largest shift (RFC 7323 section 2.3).</summary>
    public const byte MaximumWindowScale = 14;

    /// <summary>The smallest shift that lets the window reach the capacity.</summary>
    public static byte WindowScaleFor(long capacity)
    {
        byte shift = 0;
        while (shift < MaximumWindowScale && capacity >> shift > ushort.MaxValue) shift++;
        return shift;
    }

    /// <summary>The options that both this offer and the peer's SYN have. The MSS stays: each end announces its own.</summary>
    public SynOptions AgreedWith(in TcpOptions peer) => this with
    {
        WindowScale = peer.HasWindowScale ? WindowScale : null,
        Sack = Sack && peer.SackPermitted,
        Timestamps = Timestamps && peer.HasTimestamps,
    };
}
