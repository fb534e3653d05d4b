using System.Buffers.Binary;
using System.Runtime.InteropServices;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Links;

/// <summary>The <c>virtio_net_hdr</c> before every packet of a TUN device: what is still to be summed and cut. Fields in host order.</summary>
internal readonly struct VirtioHeader
{
    public const int Size = 10;

    public const int IPv4Length = 20;
    public const int IPv6Length = 40;

    private const int FlagsAt = 0;
    private const int SegmentationAt = 1;
    private const int HeaderLengthAt = 2;
    private const int SegmentSizeAt = 4;
    private const int ChecksumStartAt = 6;
    private const int ChecksumOffsetAt = 8;

    private const byte NeedsChecksum = 1;
    private const byte DataValid = 2;

    private const byte SegmentationNone = 0;
    private const byte SegmentationTcp4 = 1;
    private const byte SegmentationTcp6 = 4;
    private const byte SegmentationEcn = 0x80;

    private const int TcpChecksumAt = 16;
    private const int TcpDataOffsetAt = 12;
    private const int TcpMinimumLength = 20;
    private const byte ProtocolTcp = 6;

    private readonly byte _flags;
    private readonly byte _segmentation;
    private readonly ushort _segmentSize;

    public VirtioHeader(ReadOnlySpan<byte> bytes)
    {
        _flags = bytes[FlagsAt];
        _segmentation = bytes[SegmentationAt];
        _segmentSize = MemoryMarshal.Read<ushort>(bytes[SegmentSizeAt..]);
    }

    public bool IsChecksumVerified => (_flags & (NeedsChecksum | DataValid)) != 0;

    public ushort SegmentSize => _segmentation == SegmentationNone ? (ushort)0 : _segmentSize;

    /// <summary>For a TCP packet with a partial checksum; <paramref name="segmentSize"/> is 0 where it is not to be cut.</summary>
    public static void Write(Span<byte> destination, bool isIPv6, int ipHeader, int headers, ushort segmentSize, bool isCongestionReduced)
    {
        var segmentation = segmentSize == 0 ? SegmentationNone : isIPv6 ? SegmentationTcp6 : SegmentationTcp4;
        if (segmentation != SegmentationNone && isCongestionReduced) segmentation |= SegmentationEcn;
        destination[FlagsAt] = NeedsChecksum;
        destination[SegmentationAt] = segmentation;
        Write(destination[HeaderLengthAt..], headers);
        Write(destination[SegmentSizeAt..], segmentSize);
        Write(destination[ChecksumStartAt..], ipHeader);
        Write(destination[ChecksumOffsetAt..], TcpChecksumAt);
    }

    /// <summary>
    /// For a frame that goes back as it came. A checksum the link vouched for may never have been computed, so the field is set to the
    /// pseudo-header's sum and left for the kernel to complete; this may be repeated. Other packets go without any of it.
    /// </summary>
    public static void WriteFor(in LinkFrame frame, Span<byte> destination)
    {
        destination[..Size].Clear();
        var packet = frame.Buffer.Bytes.AsSpan(frame.Offset, frame.Length);
        if (!frame.ChecksumVerified || !TryFindTcp(packet, out var ipHeader, out var isIPv6)) return;

        var tcp = packet[ipHeader..];
        var headers = ipHeader + (tcp[TcpDataOffsetAt] >> 4) * 4;
        var addresses = isIPv6 ? packet[8..40] : packet[12..20];
        var pseudoHeader = Checksum.PseudoHeader(
            IpAddress.Read(addresses[..(addresses.Length / 2)]), IpAddress.Read(addresses[(addresses.Length / 2)..]), ProtocolTcp, tcp.Length);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[TcpChecksumAt..], pseudoHeader.Sum);
        Write(destination, isIPv6, ipHeader, headers, frame.SegmentSize, isCongestionReduced: (tcp[13] & (byte)TcpFlags.Cwr) != 0);
    }

    private static bool TryFindTcp(ReadOnlySpan<byte> packet, out int ipHeader, out bool isIPv6)
    {
        isIPv6 = packet.Length > 0 && packet[0] >> 4 == 6;
        ipHeader = isIPv6 ? IPv6Length : packet.Length > 0 ? (packet[0] & 0xF) * 4 : 0;
        if (ipHeader < IPv4Length || packet.Length < ipHeader + TcpMinimumLength) return false;
        return (isIPv6 ? packet[6] : packet[9]) == ProtocolTcp;
    }

    private static void Write(Span<byte> destination, int value)
    {
        var field = (ushort)value;
        MemoryMarshal.Write(destination, in field);
    }
}
