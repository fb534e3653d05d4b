using System.Buffers.Binary;

namespace ActorStack.Transport.Wire;

/// <summary>
/// The fields of an IP header of either version that the stack needs; options and extension headers are skipped.
/// </summary>
internal struct IpHeader
{
    public IpAddress Source;
    public IpAddress Destination;
    public byte Protocol;
    public byte HopLimit;
    public byte TrafficClass;
    public bool IsFragment;

    /// <summary>Names the packet that a fragment is of, together with the addresses and the protocol.</summary>
    public uint FragmentIdentification;

    /// <summary>Where the fragment's bytes belong in the packet's payload.</summary>
    public int FragmentOffset;

    public bool HasMoreFragments;

    /// <summary>Where IPv6's fragment header stands, and which byte announces it.</summary>
    public int FragmentHeader;

    public int FragmentAnnouncement;

    /// <summary>Where the transport header starts.</summary>
    public int Length;

    /// <summary>Bytes of the packet; the bytes behind them are padding of the link.</summary>
    public int TotalLength;

    /// <summary>
    /// Reads a header. <paramref name="isQuoted"/>: the packet stands in an ICMP message, which quotes no more than its beginning
    /// and perhaps changed its header on the way.
    /// </summary>
    public static Malformation Read(ReadOnlySpan<byte> packet, bool isQuoted, out IpHeader header)
    {
        header = default;
        if (packet.IsEmpty) return Malformation.Truncated;
        return (packet[0] >> 4) switch
        {
            4 => header.ReadIPv4(packet, isQuoted),
            6 => header.ReadIPv6(packet, isQuoted),
            _ => Malformation.IpVersion,
        };
    }

    public readonly Checksum PseudoHeader => Checksum.PseudoHeader(Source, Destination, Protocol, TotalLength - Length);

    private Malformation ReadIPv4(ReadOnlySpan<byte> packet, bool isQuoted)
    {
        if (packet.Length < IPv4Layout.Length) return Malformation.Truncated;
        Length = (packet[0] & 0x0F) * 4;
        if (Length < IPv4Layout.Length) return Malformation.IpHeaderLength;
        if (Length > packet.Length) return Malformation.Truncated;
        TotalLength = BinaryPrimitives.ReadUInt16BigEndian(packet[IPv4Layout.TotalLength..]);
        if (TotalLength < Length) return Malformation.IpTotalLength;
        if (TotalLength > packet.Length && !isQuoted) return Malformation.Truncated;
        if (!isQuoted && Checksum.Compute(packet[..Length]) != 0) return Malformation.IpChecksum;

        var fragment = BinaryPrimitives.ReadUInt16BigEndian(packet[IPv4Layout.Fragment..]);
        IsFragment = (fragment & (isQuoted ? IPv4Layout.FragmentOffsetMask : IPv4Layout.FragmentMask)) != 0;
        FragmentIdentification = BinaryPrimitives.ReadUInt16BigEndian(packet[IPv4Layout.Identification..]);
        FragmentOffset = (fragment & IPv4Layout.FragmentOffsetMask) * 8;
        HasMoreFragments = (fragment & IPv4Layout.MoreFragments) != 0;
        TrafficClass = packet[IPv4Layout.TrafficClass];
        HopLimit = packet[IPv4Layout.TimeToLive];
        Protocol = packet[IPv4Layout.Protocol];
        Source = IpAddress.Read(packet.Slice(IPv4Layout.Source, 4));
        Destination = IpAddress.Read(packet.Slice(IPv4Layout.Destination, 4));
        return Malformation.None;
    }

    private Malformation ReadIPv6(ReadOnlySpan<byte> packet, bool isQuoted)
    {
        if (packet.Length < IPv6Layout.Length) return Malformation.Truncated;
        Length = IPv6Layout.Length;
        TotalLength = Length + BinaryPrimitives.ReadUInt16BigEndian(packet[IPv6Layout.PayloadLength..]);
        if (TotalLength > packet.Length && !isQuoted) return Malformation.Truncated;

        TrafficClass = (byte)(BinaryPrimitives.ReadUInt16BigEndian(packet) >> 4);
        HopLimit = packet[IPv6Layout.HopLimit];
        Protocol = packet[IPv6Layout.NextHeader];
        Source = IpAddress.Read(packet.Slice(IPv6Layout.Source, 16));
        Destination = IpAddress.Read(packet.Slice(IPv6Layout.Destination, 16));
        return SkipExtensions(packet[..Math.Min(packet.Length, TotalLength)]);
    }

    private Malformation SkipExtensions(ReadOnlySpan<byte> packet)
    {
        var announcement = IPv6Layout.NextHeader;
        for (var i = 0; i <= IPv6Layout.MaximumExtensions && !IsFragment; i++)
        {
            if (Protocol is not (IpProtocol.HopByHopOptions or IpProtocol.Routing or IpProtocol.DestinationOptions
                or IpProtocol.Fragment))
            {
                return Malformation.None;
            }

            if (packet.Length - Length < 8) return Malformation.IpExtensionHeaders;

            var extension = packet[Length..];
            var length = Protocol == IpProtocol.Fragment ? 8 : (extension[IPv6Layout.ExtensionLength] + 1) * 8;
            if (length > extension.Length) return Malformation.IpExtensionHeaders;

            // A packet still on its source route is not for this host (RFC 8200 section 4.4).
            if (Protocol == IpProtocol.Routing && extension[IPv6Layout.SegmentsLeft] != 0) return Malformation.IpExtensionHeaders;

            // An atomic fragment is the whole packet (RFC 6946).
            if (Protocol == IpProtocol.Fragment) ReadFragment(extension, announcement);
            announcement = Length;
            Protocol = extension[0];
            Length += length;
        }

        return IsFragment ? Malformation.None : Malformation.IpExtensionHeaders;
    }

    private void ReadFragment(ReadOnlySpan<byte> extension, int announcement)
    {
        var fragment = BinaryPrimitives.ReadUInt16BigEndian(extension[IPv6Layout.FragmentOffset..]);
        IsFragment = (fragment & IPv6Layout.FragmentMask) != 0;
        FragmentIdentification = BinaryPrimitives.ReadUInt32BigEndian(extension[IPv6Layout.FragmentIdentification..]);
        FragmentOffset = fragment & ~7;
        HasMoreFragments = (fragment & 1) != 0;
        (FragmentHeader, FragmentAnnouncement) = (Length, announcement);
    }
}
