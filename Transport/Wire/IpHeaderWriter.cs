using System.Buffers.Binary;
using System.Numerics;

namespace ActorStack.Transport.Wire;

/// <summary>Writes the IP header of either version, without options or extension headers.</summary>
internal static class IpHeaderWriter
{
    /// <summary>Bytes of the header before a packet from <paramref name="source"/>.</summary>
    public static int Length(in IpAddress source) => source.IsIPv6 ? IPv6Layout.Length : IPv4Layout.Length;

    /// <summary>Writes the header of a packet whose transport part, header and payload, stands behind it.</summary>
    public static void Write(
        Span<byte> packet, in IpAddress source, in IpAddress destination, byte protocol, byte hopLimit, byte trafficClass,
        int transportLength)
    {
        if (source.IsIPv6) WriteIPv6(packet, source, destination, protocol, hopLimit, trafficClass, transportLength);
        else WriteIPv4(packet, source, destination, protocol, hopLimit, trafficClass, transportLength);
    }

    private static void WriteIPv4(
        Span<byte> header, in IpAddress source, in IpAddress destination, byte protocol, byte hopLimit, byte trafficClass,
        int transportLength)
    {
        header[0] = 4 << 4 | IPv4Layout.Length / 4;
        header[IPv4Layout.TrafficClass] = trafficClass;
        BinaryPrimitives.WriteUInt16BigEndian(header[IPv4Layout.TotalLength..], (ushort)(IPv4Layout.Length + transportLength));

        // With DF set the identification says nothing (RFC 6864 section 4.1).
        BinaryPrimitives.WriteUInt16BigEndian(header[IPv4Layout.Identification..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(header[IPv4Layout.Fragment..], IPv4Layout.DontFragment);
        header[IPv4Layout.TimeToLive] = hopLimit;
        header[IPv4Layout.Protocol] = protocol;
        header.Slice(IPv4Layout.Checksum, sizeof(ushort)).Clear();
        source.Write(header[IPv4Layout.Source..]);
        destination.Write(header[IPv4Layout.Destination..]);
        BinaryPrimitives.WriteUInt16BigEndian(header[IPv4Layout.Checksum..], Checksum.Compute(header[..IPv4Layout.Length]));
    }

    private static void WriteIPv6(
        Span<byte> header, in IpAddress source, in IpAddress destination, byte protocol, byte hopLimit, byte trafficClass,
        int transportLength)
    {
        source.Write(header[IPv6Layout.Source..]);
        destination.Write(header[IPv6Layout.Destination..]);
        var label = FlowLabel(header, BinaryPrimitives.ReadUInt32BigEndian(header[IPv6Layout.Length..]));
        BinaryPrimitives.WriteUInt32BigEndian(header, 6u << 28 | (uint)trafficClass << 20 | label);
        BinaryPrimitives.WriteUInt16BigEndian(header[IPv6Layout.PayloadLength..], (ushort)transportLength);
        header[IPv6Layout.NextHeader] = protocol;
        header[IPv6Layout.HopLimit] = hopLimit;
    }

    /// <summary>
    /// The same 20 bits for all packets of a flow, whoever writes them (RFC 6437 section 3); the ports are the first word.
    /// </summary>
    private static uint FlowLabel(ReadOnlySpan<byte> header, uint ports)
    {
        var source = BinaryPrimitives.ReadUInt64BigEndian(header[(IPv6Layout.Source + 8)..]);
        var destination = BinaryPrimitives.ReadUInt64BigEndian(header[(IPv6Layout.Destination + 8)..]);
        var mixed = (source ^ BitOperations.RotateLeft(destination, 24) ^ ports) * 0x9E37_79B9_7F4A_7C15;
        return (uint)(mixed >> 44);
    }
}
