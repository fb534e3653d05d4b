using System.Buffers.Binary;
using ActorStack.Transport.Host;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Wire;
using static ActorStack.Fuzz.InvariantException;

namespace ActorStack.Fuzz.Wire;

/// <summary>
/// Fragments of several packets at once, of both IP versions, in any order, overlapping, doubled or arbitrary. Every byte is
/// known by its packet and its offset: a packet that comes out whole has each in its place.
/// </summary>
internal static class FragmentsTarget
{
    private const int MaximumFragments = 400;
    private const long Limit = 200_000;
    private const byte Experimental = 253; // RFC 3692

    private static readonly Pattern Text = new(seed: 7);
    private static readonly IpAddress[] Sources = [IpAddress.Parse("10.0.0.1"), IpAddress.Parse("fd00::1")];
    private static readonly IpAddress[] Destinations = [IpAddress.Parse("10.0.0.2"), IpAddress.Parse("fd00::2")];

    public static void Run(ReadOnlyMemory<byte> bytes)
    {
        var input = new FuzzInput(bytes);
        var memory = new TcpMemory(new TcpMemoryLimits(Limit, Limit, Limit) { Fragments = Limit });
        var reassembler = new FragmentReassembler(memory);
        var now = TimeSpan.Zero;
        for (var i = 0; i < MaximumFragments && !input.IsEmpty; i++)
        {
            var kind = input.Byte();
            now += TimeSpan.FromSeconds(kind >> 6);
            var fragment = (kind & 15) == 15
                ? Arbitrary(input)
                : Fragment(input, isIPv6: (kind & 1) != 0, extensions: kind >> 1 & 3);
            var verdict = reassembler.Add(fragment, now, out var whole);
            var (used, counted) = (reassembler.Used, memory.Used);
            Require(used <= reassembler.Capacity && used == counted, $"{used} bytes are held, {counted} counted");
            if (verdict != FragmentVerdict.Complete) continue;
            if ((kind & 15) != 15) Check(whole.Packet.ToArray());
            whole.Buffer.Release();
        }
    }

    private static byte[] Arbitrary(FuzzInput input)
    {
        var packet = input.Take(input.Byte()).ToArray();
        PacketRepair.IpChecksum(packet);
        return packet;
    }

    private static byte[] Fragment(FuzzInput input, bool isIPv6, int extensions)
    {
        var identification = (ushort)(input.Byte() % 40);
        var offset = (input.Byte() | (input.Byte() & 0x1F) << 8) * 8;
        var size = input.Byte();
        var length = (size & 1) != 0 ? size : (size & 0x7E) * 64;
        var more = (size & 0x80) != 0;
        return isIPv6
            ? IPv6(identification, offset, length, more, extensions)
            : IPv4(identification, offset, length, more, extensions);
    }

    private static byte[] IPv4(ushort identification, int offset, int length, bool more, int options)
    {
        var header = IPv4Layout.Length + 4 * options;
        var packet = new byte[header + length];
        IpHeaderWriter.Write(
            packet, Sources[0], Destinations[0], Experimental, hopLimit: 64, trafficClass: 0, packet.Length - IPv4Layout.Length);
        packet[0] = (byte)(4 << 4 | header / 4);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(IPv4Layout.Identification), identification);
        BinaryPrimitives.WriteUInt16BigEndian(
            packet.AsSpan(IPv4Layout.Fragment), (ushort)(offset / 8 | (more ? IPv4Layout.MoreFragments : 0)));
        packet.AsSpan(IPv4Layout.Length, 4 * options).Fill(1); // no operation
        PacketRepair.IpChecksum(packet);
        Fill(packet.AsSpan(header), identification, offset);
        return packet;
    }

    private static byte[] IPv6(ushort identification, int offset, int length, bool more, int extensions)
    {
        var header = IPv6Layout.Length + 8 * extensions;
        var packet = new byte[header + IPv6Layout.FragmentLength + length];
        IpHeaderWriter.Write(
            packet, Sources[1], Destinations[1], IpProtocol.Fragment, hopLimit: 64, trafficClass: 0,
            packet.Length - IPv6Layout.Length);
        for (var i = 0; i < extensions; i++)
        {
            packet[i == 0 ? IPv6Layout.NextHeader : IPv6Layout.Length + 8 * (i - 1)] = IpProtocol.DestinationOptions;
            packet[IPv6Layout.Length + 8 * i] = IpProtocol.Fragment;
        }

        packet[header] = Experimental;
        BinaryPrimitives.WriteUInt16BigEndian(
            packet.AsSpan(header + IPv6Layout.FragmentOffset), (ushort)(offset | (more ? 1 : 0)));
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(header + IPv6Layout.FragmentIdentification), identification);
        Fill(packet.AsSpan(header + IPv6Layout.FragmentLength), identification, offset);
        return packet;
    }

    private static void Fill(Span<byte> payload, ushort identification, int offset)
    {
        Text.Slice(identification * 31L + offset, payload.Length).Span.CopyTo(payload);
        if (offset == 0 && payload.Length >= sizeof(ushort)) BinaryPrimitives.WriteUInt16BigEndian(payload, identification);
    }

    /// <summary>The first two bytes name the packet.</summary>
    private static void Check(byte[] packet)
    {
        PacketReader.Read(packet, checksumVerified: true, segmentSize: 0, out var read);
        Require(read.Kind == PacketKind.Other, $"a reassembled packet is {read.Kind}, {read.Malformation}");
        var payload = read.Payload.Span;
        if (payload.Length < sizeof(ushort)) return;
        var identification = BinaryPrimitives.ReadUInt16BigEndian(payload);
        Text.Verify(payload[sizeof(ushort)..], identification * 31L + sizeof(ushort), "a reassembled packet");
    }
}
