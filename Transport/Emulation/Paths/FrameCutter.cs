using System.Buffers.Binary;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Emulation.Paths;

/// <summary>
/// Writes the headers of some of the packets of a frame that is to be cut, as the device would have (cf.
/// <see cref="SegmentCutter"/>): its neighbours in front and behind may be lost, late or marked otherwise. The payload stays
/// where it is.
/// </summary>
internal static class FrameCutter
{
    /// <summary>Bytes that the headers take at most, virtio header first.</summary>
    public const int MaximumHeaders = VirtioNetHeader.Size + PacketWriter.MaximumHeader;

    /// <summary>
    /// Writes to <paramref name="destination"/> the virtio header and the headers of <paramref name="count"/> packets from
    /// <paramref name="index"/>, with partial checksum, and returns their length.
    /// </summary>
    public static int WriteHeaders(
        Span<byte> destination, ReadOnlySpan<byte> bytes, in PathFrame frame, int index, int count, bool isMarked)
    {
        var length = frame.HeaderLength + frame.PayloadOf(index, count);
        var headers = destination.Slice(VirtioNetHeader.Size, frame.HeaderLength);
        bytes.Slice(VirtioNetHeader.Size, frame.HeaderLength).CopyTo(headers);
        WriteIp(headers, length, index);
        if (isMarked) EcnField.Mark(headers);

        var tcp = headers[frame.TcpOffset..];
        var sequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[TcpLayout.Sequence..]);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[TcpLayout.Sequence..], sequence + (uint)(index * frame.SegmentSize));
        var flags = FlagsOf((TcpFlags)tcp[TcpLayout.Flags], isFirst: index == 0, isLast: index + count == frame.Count);
        tcp[TcpLayout.Flags] = (byte)flags;
        BinaryPrimitives.WriteUInt16BigEndian(tcp[TcpLayout.Checksum..], PseudoHeader(headers, length - frame.TcpOffset).Sum);

        VirtioHeader(bytes, frame, count, flags).Write(destination);
        return VirtioNetHeader.Size + frame.HeaderLength;
    }

    /// <summary>The sum over the addresses of a packet, which TCP's checksum starts with.</summary>
    public static Checksum PseudoHeader(ReadOnlySpan<byte> headers, int transportLength)
    {
        var (offset, size) = headers[0] >> 4 == 6 ? (IPv6Layout.Source, 16) : (IPv4Layout.Source, 4);
        var (source, destination) =
            (IpAddress.Read(headers.Slice(offset, size)), IpAddress.Read(headers.Slice(offset + size, size)));
        return Checksum.PseudoHeader(source, destination, IpProtocol.Tcp, transportLength);
    }

    private static void WriteIp(Span<byte> headers, int length, int index)
    {
        if (headers[0] >> 4 == 6)
        {
            BinaryPrimitives.WriteUInt16BigEndian(headers[IPv6Layout.PayloadLength..], (ushort)(length - IPv6Layout.Length));
            return;
        }

        var header = headers[..((headers[0] & 0x0F) * 4)];
        var identification = BinaryPrimitives.ReadUInt16BigEndian(header[IPv4Layout.Identification..]);
        BinaryPrimitives.WriteUInt16BigEndian(header[IPv4Layout.TotalLength..], (ushort)length);
        BinaryPrimitives.WriteUInt16BigEndian(header[IPv4Layout.Identification..], (ushort)(identification + index));
        header.Slice(IPv4Layout.Checksum, sizeof(ushort)).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(header[IPv4Layout.Checksum..], Checksum.Compute(header));
    }

    private static TcpFlags FlagsOf(TcpFlags flags, bool isFirst, bool isLast)
    {
        if (!isFirst) flags &= ~TcpFlags.Cwr;
        if (!isLast) flags &= ~(TcpFlags.Psh | TcpFlags.Fin);
        return flags;
    }

    private static VirtioNetHeader VirtioHeader(ReadOnlySpan<byte> bytes, in PathFrame frame, int count, TcpFlags flags)
    {
        var header = VirtioNetHeader.Read(bytes);
        if (count == 1)
            return header with { GsoType = VirtioNetHeader.GsoNone, GsoSize = 0, HeaderLength = (ushort)frame.HeaderLength };
        var hasCwr = (flags & TcpFlags.Cwr) != 0;
        var type = hasCwr ? header.GsoType : (byte)(header.GsoType & ~VirtioNetHeader.GsoEcn);
        return header with { GsoType = type, HeaderLength = (ushort)frame.HeaderLength };
    }
}
