using System.Buffers;
using System.Buffers.Binary;
using ActorStack.Transport.Wire;

namespace ActorStack.Tests.Common.Simulation.Hosts;

/// <summary>Writes packets as a host far away would.</summary>
public static class HostPackets
{
    /// <summary>One segment with its IP header and its checksums.</summary>
    /// <param name="flow">Seen from the sender: its local end is the packet's source.</param>
    /// <param name="flags">The control bits.</param>
    /// <param name="sequence">SEG.SEQ.</param>
    /// <param name="acknowledgment">SEG.ACK.</param>
    /// <param name="payload">The bytes after the header.</param>
    /// <param name="options">The options.</param>
    public static byte[] Write(
        in FlowKey flow, TcpFlags flags, uint sequence, uint acknowledgment, ReadOnlyMemory<byte> payload,
        in TcpOptions options = default)
    {
        var segment = new OutboundSegment
        {
            Flow = flow,
            Sequence = new SequenceNumber(sequence),
            Acknowledgment = new SequenceNumber(acknowledgment),
            Flags = flags,
            Window = ushort.MaxValue,
            HopLimit = 64,
            Options = options,
            MaximumPayload = payload.Length,
            Payload = new ReadOnlySequence<byte>(payload),
        };
        var packet = new byte[PacketWriter.MaximumHeader + payload.Length];
        var length = PacketWriter.WriteHeaders(packet, segment, ChecksumMode.Full);
        payload.CopyTo(packet.AsMemory(length));
        return packet[..(length + payload.Length)];
    }

    /// <summary>The two fragments of an IPv4 packet, cut so many bytes behind its IP header.</summary>
    public static (byte[] First, byte[] Second) Cut(byte[] packet, int at)
    {
        var header = packet.AsSpan(0, IPv4Layout.Length);
        var payload = packet.AsSpan(IPv4Layout.Length);
        return (Fragment(header, payload[..at], 0, more: true), Fragment(header, payload[at..], at, more: false));
    }

    private static byte[] Fragment(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, int offset, bool more)
    {
        byte[] packet = [.. header, .. payload];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(IPv4Layout.TotalLength), (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(
            packet.AsSpan(IPv4Layout.Fragment), (ushort)(offset / 8 | (more ? IPv4Layout.MoreFragments : 0)));
        packet.AsSpan(IPv4Layout.Checksum, sizeof(ushort)).Clear();
        var sum = default(Checksum);
        sum.Add(packet.AsSpan(0, IPv4Layout.Length));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(IPv4Layout.Checksum), sum.Value);
        return packet;
    }
}
