using System.Runtime.InteropServices;

namespace ActorStack.Transport.Wire;

/// <summary>
/// The header that a device with vnet_hdr puts before each packet (virtio 1.3, section 5.1.6, the legacy 10 bytes in the
/// machine's byte order).
/// </summary>
/// <param name="Flags"><see cref="NeedsChecksum"/>, <see cref="DataValid"/>.</param>
/// <param name="GsoType"><see cref="GsoNone"/>, <see cref="GsoTcpV4"/>, <see cref="GsoTcpV6"/>, perhaps with <see
/// cref="GsoEcn"/>.</param>
/// <param name="HeaderLength">Bytes of all headers, where the packet is to be cut.</param>
/// <param name="GsoSize">Payload bytes of each cut segment.</param>
/// <param name="ChecksumStart">Where the checksum's range starts: the offset of the TCP header.</param>
/// <param name="ChecksumOffset">Where the field stands, counted from there.</param>
[StructLayout(LayoutKind.Sequential, Pack = 2)]
public readonly record struct VirtioNetHeader(
    byte Flags, byte GsoType, ushort HeaderLength, ushort GsoSize, ushort ChecksumStart, ushort ChecksumOffset)
{
    /// <summary>Bytes of the header.</summary>
    public const int Size = 10;

    /// <summary>Flag: the checksum is to be computed (VIRTIO_NET_HDR_F_NEEDS_CSUM).</summary>
    public const byte NeedsChecksum = 1;

    /// <summary>Flag: the checksum was verified (VIRTIO_NET_HDR_F_DATA_VALID).</summary>
    public const byte DataValid = 2;

    /// <summary>The packet is one segment.</summary>
    public const byte GsoNone = 0;

    /// <summary>The packet is to be cut into TCP segments over IPv4.</summary>
    public const byte GsoTcpV4 = 1;

    /// <summary>The packet is to be cut into TCP segments over IPv6.</summary>
    public const byte GsoTcpV6 = 4;

    /// <summary>CWR is to stand on the first cut segment only.</summary>
    public const byte GsoEcn = 0x80;

    /// <summary>The checksum is right, or partial because the packet never left the machine.</summary>
    public bool IsChecksumVerified => (Flags & (NeedsChecksum | DataValid)) != 0;

    /// <summary>Several segments merged into one packet.</summary>
    public bool IsMerged => GsoType != GsoNone;

    /// <summary>
    /// The header before a segment written with <see cref="ChecksumMode.Partial"/>; its packet has <paramref
    /// name="headerLength"/> bytes of headers.
    /// </summary>
    public static VirtioNetHeader For(in OutboundSegment segment, int headerLength)
    {
        var isIPv6 = segment.Flow.Local.Address.IsIPv6;
        var isCut = segment.MaximumPayload > 0 && segment.Payload.Length > segment.MaximumPayload;
        return Create(isIPv6, segment.Has(TcpFlags.Cwr), headerLength, isCut ? (ushort)segment.MaximumPayload : (ushort)0,
            IpHeaderWriter.Length(segment.Flow.Local.Address));
    }

    /// <summary>
    /// The header before a whole packet that is forwarded over a device, cut into <paramref name="segmentSize"/> payload bytes if
    /// it is not 0. The checksum of a TCP packet is made partial; any other goes as it is.
    /// </summary>
    public static VirtioNetHeader Prepare(Span<byte> packet, ushort segmentSize)
    {
        var tcpOffset = PacketWriter.RewriteChecksum(packet, ChecksumMode.Partial);
        if (tcpOffset == 0) return default;

        var tcp = packet[tcpOffset..];
        var hasCwr = ((TcpFlags)tcp[TcpLayout.Flags] & TcpFlags.Cwr) != 0;
        var headerLength = tcpOffset + (tcp[TcpLayout.DataOffset] >> 4) * 4;
        return Create(packet[0] >> 4 == 6, hasCwr, headerLength,
            packet.Length - headerLength > segmentSize ? segmentSize : (ushort)0, tcpOffset);
    }

    /// <summary>Reads the first <see cref="Size"/> bytes of a frame.</summary>
    public static VirtioNetHeader Read(ReadOnlySpan<byte> frame) => MemoryMarshal.Read<VirtioNetHeader>(frame);

    /// <summary>Writes the header to the front of a frame.</summary>
    public void Write(Span<byte> frame) => MemoryMarshal.Write(frame, this);

    private static VirtioNetHeader Create(bool isIPv6, bool hasCwr, int headerLength, ushort segmentSize, int tcpOffset)
    {
        var type = segmentSize == 0 ? GsoNone : (byte)((isIPv6 ? GsoTcpV6 : GsoTcpV4) | (hasCwr ? GsoEcn : 0));
        return new VirtioNetHeader(
            NeedsChecksum, type, (ushort)headerLength, segmentSize, (ushort)tcpOffset, TcpLayout.Checksum);
    }
}
