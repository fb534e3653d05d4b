namespace ActorStack.Transport.Wire;

/// <summary>Reads arriving packets in place. Never throws on input.</summary>
public static class PacketReader
{
    /// <summary>
    /// Reads one IP packet. <paramref name="checksumVerified"/>: the link vouches for the transport checksum.
    /// <paramref name="segmentSize"/>: see <see cref="TcpSegment.SegmentSize"/>.
    /// </summary>
    public static void Read(ReadOnlyMemory<byte> bytes, bool checksumVerified, ushort segmentSize, out IpPacket packet) =>
        throw new NotImplementedException();
}
