using System.Buffers;

namespace ActorStack.Transport.Wire;

/// <summary>
/// A segment to send. The payload may exceed <see cref="MaximumPayload"/>: the link then cuts it into wire segments of that size
/// (segmentation offload), repeating the header, with PSH and FIN on the last and CWR on the first only.
/// </summary>
public struct OutboundSegment
{
    /// <summary>The flow, seen from this host.</summary>
    public FlowKey Flow;

    /// <summary>SEG.SEQ.</summary>
    public SequenceNumber Sequence;

    /// <summary>SEG.ACK, with ACK among the flags.</summary>
    public SequenceNumber Acknowledgment;

    /// <summary>The control bits.</summary>
    public TcpFlags Flags;

    /// <summary>SEG.WND, already scaled down.</summary>
    public ushort Window;

    /// <summary>The urgent pointer, with URG among the flags.</summary>
    public ushort UrgentPointer;

    /// <summary>The options.</summary>
    public TcpOptions Options;

    /// <summary>Payload bytes of one wire segment: the effective MSS after options. 0 only where the payload is empty.</summary>
    public int MaximumPayload;

    /// <summary>IPv4 TTL or IPv6 hop limit.</summary>
    public byte HopLimit;

    /// <summary>DSCP in the upper six bits, ECN in the lower two.</summary>
    public byte TrafficClass;

    /// <summary>Points into the send queue; valid until the queue is next acknowledged.</summary>
    public ReadOnlySequence<byte> Payload;

    /// <summary>All of these flags are set.</summary>
    public readonly bool Has(TcpFlags flags) => (Flags & flags) == flags;
}
