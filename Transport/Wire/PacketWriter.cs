using System.Buffers.Binary;

namespace ActorStack.Transport.Wire;

/// <summary>Writes outgoing packets.</summary>
public static class PacketWriter
{
    /// <summary>IPv6 header, TCP header with all options.</summary>
    public const int MaximumHeader = IPv6Layout.Length + TcpLayout.Length + TcpLayout.MaximumOptions;

    /// <summary>Payload bytes that one packet can carry behind the longest header, whatever the IP version.</summary>
    public const int MaximumPayload = ushort.MaxValue - MaximumHeader;

    /// <summary>
    /// Writes the IP and TCP headers of <paramref name="segment"/>, whole payload counted in the lengths, and returns their
    /// length. With <see cref="ChecksumMode.Full"/> the payload is summed too.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The payload is longer than <see cref="MaximumPayload"/>.</exception>
    public static int WriteHeaders(Span<byte> destination, in OutboundSegment segment, ChecksumMode checksum)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(segment.Payload.Length, MaximumPayload);
        var (local, remote) = segment.Flow;
        var ipLength = IpHeaderWriter.Length(local.Address);
        var headerLength = ipLength + WriteTcp(destination[ipLength..], segment);
        var transportLength = headerLength - ipLength + (int)segment.Payload.Length;

        var sum = Checksum.PseudoHeader(local.Address, remote.Address, IpProtocol.Tcp, transportLength);
        if (checksum == ChecksumMode.Full)
        {
            sum.Add(destination[ipLength..headerLength]);
            sum.Add(segment.Payload);
        }

        WriteChecksum(destination[ipLength..], sum, checksum);
        IpHeaderWriter.Write(
            destination, local.Address, remote.Address, IpProtocol.Tcp, segment.HopLimit, segment.TrafficClass, transportLength);
        return headerLength;
    }

    /// <summary>
    /// Computes the TCP checksum of a whole packet again, for a packet that is forwarded over another link. The old value of the
    /// field does not matter.
    /// </summary>
    /// <returns>The offset of the TCP header; 0 where the packet is no whole TCP segment and was left as it is.</returns>
    public static int RewriteChecksum(Span<byte> packet, ChecksumMode checksum)
    {
        if (IpHeader.Read(packet, isQuoted: false, out var header) != Malformation.None) return 0;
        var tcp = packet[header.Length..header.TotalLength];
        if (header.IsFragment || header.Protocol != IpProtocol.Tcp || tcp.Length < TcpLayout.Length) return 0;

        var sum = header.PseudoHeader;
        tcp.Slice(TcpLayout.Checksum, sizeof(ushort)).Clear();
        if (checksum == ChecksumMode.Full) sum.Add(tcp);
        WriteChecksum(tcp, sum, checksum);
        return header.Length;
    }

    private static int WriteTcp(Span<byte> header, in OutboundSegment segment)
    {
        var length = TcpLayout.Length + TcpOptionCodec.Write(header[TcpLayout.Length..], segment.Options);
        BinaryPrimitives.WriteUInt16BigEndian(header[TcpLayout.SourcePort..], segment.Flow.Local.Port);
        BinaryPrimitives.WriteUInt16BigEndian(header[TcpLayout.DestinationPort..], segment.Flow.Remote.Port);
        BinaryPrimitives.WriteUInt32BigEndian(header[TcpLayout.Sequence..], segment.Sequence.Value);
        BinaryPrimitives.WriteUInt32BigEndian(header[TcpLayout.Acknowledgment..], segment.Acknowledgment.Value);
        header[TcpLayout.DataOffset] = (byte)(length / 4 << 4);
        header[TcpLayout.Flags] = (byte)segment.Flags;
        BinaryPrimitives.WriteUInt16BigEndian(header[TcpLayout.Window..], segment.Window);
        header.Slice(TcpLayout.Checksum, sizeof(ushort)).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(header[TcpLayout.UrgentPointer..], segment.UrgentPointer);
        return length;
    }

    private static void WriteChecksum(Span<byte> tcp, in Checksum sum, ChecksumMode checksum) =>
        BinaryPrimitives.WriteUInt16BigEndian(tcp[TcpLayout.Checksum..], checksum == ChecksumMode.Full ? sum.Value : sum.Sum);
}
