using System.Buffers.Binary;

namespace ActorStack.Transport.Wire;

/// <summary>Reads arriving packets in place. Never throws on input and never allocates.</summary>
public static class PacketReader
{
    /// <summary>
    /// Reads one IP packet. <paramref name="checksumVerified"/>: the link vouches for the transport checksum.
    /// <paramref name="segmentSize"/>: see <see cref="TcpSegment.SegmentSize"/>.
    /// </summary>
    public static void Read(ReadOnlyMemory<byte> bytes, bool checksumVerified, ushort segmentSize, out IpPacket packet)
    {
        packet = default;
        packet.Malformation = IpHeader.Read(bytes.Span, isQuoted: false, out var header);
        packet.HopLimit = header.HopLimit;
        packet.Flow = new FlowKey(new TcpEndpoint(header.Destination, 0), new TcpEndpoint(header.Source, 0));
        if (packet.Malformation != Malformation.None) return;

        packet.Payload = bytes[header.Length..header.TotalLength];
        packet.Kind = KindOf(header);
        if (packet.Kind == PacketKind.Tcp)
        {
            packet.Malformation = ReadTcp(header, checksumVerified, ref packet);
            packet.Tcp.SegmentSize = segmentSize;
        }
        else if (packet.Kind == PacketKind.Icmp && !checksumVerified && !IsIcmpIntact(header, packet.Payload.Span))
        {
            packet.Malformation = Malformation.IcmpChecksum;
        }

        if (packet.Malformation != Malformation.None) packet.Kind = PacketKind.Malformed;
    }

    private static PacketKind KindOf(in IpHeader header) => header switch
    {
        { IsFragment: true } => PacketKind.Fragment,
        { Protocol: IpProtocol.Tcp } => PacketKind.Tcp,
        { Protocol: IpProtocol.Icmp, Source.IsIPv6: false } => PacketKind.Icmp,
        { Protocol: IpProtocol.IcmpV6, Source.IsIPv6: true } => PacketKind.Icmp,
        _ => PacketKind.Other,
    };

    private static Malformation ReadTcp(in IpHeader header, bool checksumVerified, ref IpPacket packet)
    {
        var bytes = packet.Payload.Span;
        if (bytes.Length < TcpLayout.Length) return Malformation.Truncated;
        var headerLength = (bytes[TcpLayout.DataOffset] >> 4) * 4;
        if (headerLength < TcpLayout.Length || headerLength > bytes.Length) return Malformation.TcpHeaderLength;
        if (!checksumVerified && !IsTransportIntact(header, bytes)) return Malformation.TcpChecksum;

        // RFC 9293 section 3.9.2.3 (MUST-57, MUST-63): nothing is answered to or taken from such an address.
        if (!header.Source.IsUnicast || !header.Destination.IsUnicast) return Malformation.IpAddress;

        var remotePort = BinaryPrimitives.ReadUInt16BigEndian(bytes[TcpLayout.SourcePort..]);
        var localPort = BinaryPrimitives.ReadUInt16BigEndian(bytes[TcpLayout.DestinationPort..]);
        if (remotePort == 0 || localPort == 0) return Malformation.TcpPort;
        packet.Flow = new FlowKey(new TcpEndpoint(header.Destination, localPort), new TcpEndpoint(header.Source, remotePort));

        ref var segment = ref packet.Tcp;
        segment.Sequence = new SequenceNumber(BinaryPrimitives.ReadUInt32BigEndian(bytes[TcpLayout.Sequence..]));
        segment.Acknowledgment = new SequenceNumber(BinaryPrimitives.ReadUInt32BigEndian(bytes[TcpLayout.Acknowledgment..]));
        segment.Flags = (TcpFlags)bytes[TcpLayout.Flags];
        segment.Window = BinaryPrimitives.ReadUInt16BigEndian(bytes[TcpLayout.Window..]);
        segment.UrgentPointer = BinaryPrimitives.ReadUInt16BigEndian(bytes[TcpLayout.UrgentPointer..]);
        segment.Ecn = (EcnCodepoint)(header.TrafficClass & 3);
        segment.Payload = packet.Payload[headerLength..];
        return TcpOptionCodec.TryRead(bytes[TcpLayout.Length..headerLength], out segment.Options)
            ? Malformation.None
            : Malformation.TcpOptions;
    }

    private static bool IsTransportIntact(in IpHeader header, ReadOnlySpan<byte> bytes)
    {
        var checksum = header.PseudoHeader;
        checksum.Add(bytes);
        return checksum.IsIntact;
    }

    private static bool IsIcmpIntact(in IpHeader header, ReadOnlySpan<byte> bytes) =>
        header.Source.IsIPv6 ? IsTransportIntact(header, bytes) : Checksum.Compute(bytes) == 0;
}
