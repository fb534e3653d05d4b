using System.Buffers;
using ActorStack.Transport.Wire;

namespace ActorStack.TestKit.Simulation.Hosts;

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
        in FlowKey flow, TcpFlags flags, uint sequence, uint acknowledgment, ReadOnlyMemory<byte> payload, in TcpOptions options = default)
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
}
