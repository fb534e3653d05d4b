using System.Buffers;

namespace ActorStack.Transport.Wire;

/// <summary>
/// A segment to send. The payload may exceed <see cref="MaximumPayload"/>: the link then cuts it into wire segments of that size
/// (segmentation offload), repeating the header, with PSH and FIN on the last and CWR on the first only.
/// </summary>
public struct OutboundSegment
{
    public FlowKey Flow;
    public SequenceNumber Sequence;
    public SequenceNumber Acknowledgment;
    public TcpFlags Flags;

    /// <summary>SEG.WND, already scaled down.</summary>
    public ushort Window;

    public ushort UrgentPointer;
    public TcpOptions Options;

    /// <summary>Payload bytes of one wire segment: the effective MSS after options. 0 only where the payload is empty.</summary>
    public int MaximumPayload;

    /// <summary>IPv4 TTL or IPv6 hop limit.</summary>
    public byte HopLimit;

    /// <summary>DSCP in the upper six bits, ECN in the lower two.</summary>
    public byte TrafficClass;

    /// <summary>Points into the send queue; valid until the queue is next acknowledged.</summary>
    public ReadOnlySequence<byte> Payload;

    public readonly bool Has(TcpFlags flags) => (Flags & flags) == flags;
}
