using System.Buffers.Binary;

namespace ActorStack.Transport.Wire;

/// <summary>Reads ICMP (RFC 792, RFC 1191) and ICMPv6 (RFC 4443) messages. Never throws on input.</summary>
public static class IcmpReader
{
    private const byte FragmentationNeeded = 4;

    /// <summary>Reads the message of a packet whose kind is Icmp; false where it is shorter than an ICMP header.</summary>
    public static bool TryRead(in IpPacket packet, out IcmpMessage message)
    {
        message = default;
        var bytes = packet.Payload.Span;
        if (packet.Kind != PacketKind.Icmp || bytes.Length < IcmpLayout.Length) return false;

        var isIPv6 = packet.Flow.Local.Address.IsIPv6;
        var (type, code) = (bytes[IcmpLayout.Type], bytes[IcmpLayout.Code]);
        var kind = isIPv6 ? KindOfIPv6(type) : KindOfIPv4(type, code);
        var mtu = kind != IcmpKind.PacketTooBig ? 0
            : isIPv6 ? BinaryPrimitives.ReadUInt32BigEndian(bytes[IcmpLayout.MtuIPv6..])
            : BinaryPrimitives.ReadUInt16BigEndian(bytes[IcmpLayout.MtuIPv4..]);

        message = new IcmpMessage(kind, type, code, mtu, QuotesTcp: false, default, default);
        if (kind >= IcmpKind.DestinationUnreachable) ReadQuoted(bytes[IcmpLayout.Length..], ref message);
        return true;
    }

    private static IcmpKind KindOfIPv4(byte type, byte code) => type switch
    {
        0 => IcmpKind.EchoReply,
        3 when code == FragmentationNeeded => IcmpKind.PacketTooBig,
        3 => IcmpKind.DestinationUnreachable,
        8 => IcmpKind.EchoRequest,
        11 => IcmpKind.TimeExceeded,
        12 => IcmpKind.ParameterProblem,
        _ => IcmpKind.Other,
    };

    private static IcmpKind KindOfIPv6(byte type) => type switch
    {
        1 => IcmpKind.DestinationUnreachable,
        2 => IcmpKind.PacketTooBig,
        3 => IcmpKind.TimeExceeded,
        4 => IcmpKind.ParameterProblem,
        128 => IcmpKind.EchoRequest,
        129 => IcmpKind.EchoReply,
        _ => IcmpKind.Other,
    };

    /// <summary>Eight bytes of the quoted segment are certain (RFC 792): ports and sequence number.</summary>
    private static void ReadQuoted(ReadOnlySpan<byte> quoted, ref IcmpMessage message)
    {
        if (IpHeader.Read(quoted, isQuoted: true, out var header) != Malformation.None) return;
        if (header.IsFragment || header.Protocol != IpProtocol.Tcp) return;
        var tcp = quoted[header.Length..];
        if (tcp.Length < TcpLayout.Acknowledgment) return;

        var local = new TcpEndpoint(header.Source, BinaryPrimitives.ReadUInt16BigEndian(tcp[TcpLayout.SourcePort..]));
        var remote = new TcpEndpoint(header.Destination, BinaryPrimitives.ReadUInt16BigEndian(tcp[TcpLayout.DestinationPort..]));
        var sequence = new SequenceNumber(BinaryPrimitives.ReadUInt32BigEndian(tcp[TcpLayout.Sequence..]));
        message = message with { QuotesTcp = true, Flow = new FlowKey(local, remote), Sequence = sequence };
    }
}
