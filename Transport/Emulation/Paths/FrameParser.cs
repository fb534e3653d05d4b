using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Emulation.Paths;

/// <summary>Tells from a frame's virtio header and headers how it is to be cut.</summary>
internal static class FrameParser
{
    /// <summary>
    /// Describes a frame of a device, virtio header first. A frame that can't be cut as its virtio header says is taken as one
    /// packet.
    /// </summary>
    public static PathFrame Describe(ReadOnlySpan<byte> bytes)
    {
        var header = VirtioNetHeader.Read(bytes);
        var packet = bytes[VirtioNetHeader.Size..];
        var frame = new PathFrame { Length = packet.Length, Packets = 1 };
        var tcp = header.ChecksumStart;
        if (!header.IsMerged || header.GsoSize == 0 || tcp + TcpLayout.Length > packet.Length) return frame;

        var headerLength = tcp + (packet[tcp + TcpLayout.DataOffset] >> 4) * 4;
        if (headerLength is > PacketWriter.MaximumHeader || headerLength >= packet.Length) return frame;
        frame = frame with { TcpOffset = tcp, HeaderLength = headerLength, SegmentSize = header.GsoSize };
        return frame with { Packets = frame.Count };
    }
}
