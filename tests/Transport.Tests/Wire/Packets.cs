using System.Buffers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Wire;

internal static class Packets
{
    public static byte[] Encode(in OutboundSegment segment, ChecksumMode mode = ChecksumMode.Full)
    {
        Span<byte> headers = stackalloc byte[PacketWriter.MaximumHeader];
        headers.Fill(0xAA);
        var length = PacketWriter.WriteHeaders(headers, segment, mode);
        return [.. headers[..length], .. segment.Payload.ToArray()];
    }

    public static IpPacket Read(byte[] bytes, bool checksumVerified = false)
    {
        PacketReader.Read(bytes, checksumVerified, segmentSize: 0, out var packet);
        return packet;
    }

    public static byte[] FromHex(string hex) => Convert.FromHexString(string.Concat(hex.Where(Uri.IsHexDigit)));
}
