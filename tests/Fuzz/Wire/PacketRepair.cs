using System.Buffers.Binary;
using ActorStack.Transport.Wire;

namespace ActorStack.Fuzz.Wire;

/// <summary>Makes checksums of arbitrary bytes right, as far as they have the fields.</summary>
internal static class PacketRepair
{
    public static void IpChecksum(Span<byte> packet)
    {
        var length = packet.IsEmpty ? 0 : (packet[0] & 0x0F) * 4;
        if (length < IPv4Layout.Length || packet.Length < length || packet[0] >> 4 != 4) return;
        packet.Slice(IPv4Layout.Checksum, sizeof(ushort)).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(packet[IPv4Layout.Checksum..], Checksum.Compute(packet[..length]));
    }

    public static void TransportChecksum(Span<byte> packet)
    {
        if (PacketWriter.RewriteChecksum(packet, ChecksumMode.Full) > 0) return;
        if (IpHeader.Read(packet, isQuoted: false, out var header) != Malformation.None) return;
        var message = packet[header.Length..header.TotalLength];
        if (message.Length < IcmpLayout.Length) return;
        message.Slice(IcmpLayout.Checksum, sizeof(ushort)).Clear();
        var sum = header.Source.IsIPv6 ? header.PseudoHeader : default;
        sum.Add(message);
        BinaryPrimitives.WriteUInt16BigEndian(message[IcmpLayout.Checksum..], sum.Value);
    }
}
