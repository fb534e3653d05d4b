using System.Buffers.Binary;

namespace ActorStack.Transport.Wire;

/// <summary>The ECN codepoint in the header of a packet on its way (RFC 3168 section 5).</summary>
internal static class EcnField
{
    private const byte Mask = 0x03;

    /// <summary>Where the codepoint stands in byte 1 of an IPv6 header.</summary>
    private const int IPv6Shift = 4;

    /// <summary>The packet starts with an IP header; any other is not ECN-capable.</summary>
    public static EcnCodepoint Read(ReadOnlySpan<byte> packet) => packet.Length < IPv4Layout.Length
        ? EcnCodepoint.NotEct
        : (packet[0] >> 4) switch
        {
            4 => (EcnCodepoint)(packet[IPv4Layout.TrafficClass] & Mask),
            6 => (EcnCodepoint)(packet[1] >> IPv6Shift & Mask),
            _ => EcnCodepoint.NotEct,
        };

    /// <summary>Sets CE, as a congested router does, and mends the IPv4 header's checksum (RFC 1624).</summary>
    public static void Mark(Span<byte> packet)
    {
        if (packet[0] >> 4 == 6)
        {
            packet[1] |= Mask << IPv6Shift;
            return;
        }

        var before = BinaryPrimitives.ReadUInt16BigEndian(packet);
        packet[IPv4Layout.TrafficClass] |= Mask;
        var after = BinaryPrimitives.ReadUInt16BigEndian(packet);
        var checksum = BinaryPrimitives.ReadUInt16BigEndian(packet[IPv4Layout.Checksum..]);
        var sum = (ushort)~checksum + (ushort)~before + after;
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(packet[IPv4Layout.Checksum..], (ushort)~sum);
    }
}
