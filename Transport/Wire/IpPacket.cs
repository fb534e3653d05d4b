namespace ActorStack.Transport.Wire;

/// <summary>One packet as read by <see cref="PacketReader"/>.</summary>
public struct IpPacket
{
    /// <summary>The kind of packet.</summary>
    public PacketKind Kind;

    /// <summary>The defect of a packet that is malformed.</summary>
    public Malformation Malformation;

    /// <summary>The flow seen from this host: local is the packet's destination. Ports are 0 where none were read.</summary>
    public FlowKey Flow;

    /// <summary>IPv4 TTL or IPv6 hop limit.</summary>
    public byte HopLimit;

    /// <summary>Filled where <see cref="Kind"/> is Tcp.</summary>
    public TcpSegment Tcp;

    /// <summary>The transport payload: for ICMP the whole message (see <see cref="IcmpReader"/>).</summary>
    public ReadOnlyMemory<byte> Payload;
}
