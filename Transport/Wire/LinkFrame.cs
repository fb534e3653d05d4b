namespace ActorStack.Transport.Wire;

/// <summary>One IP packet as a link delivered it, with the link's own information about it.</summary>
/// <param name="Buffer">Who holds the frame releases it.</param>
/// <param name="Offset">Where in the buffer the IP header starts.</param>
/// <param name="Length">Bytes of the packet.</param>
/// <param name="ChecksumVerified">The link vouches for the transport checksum (or it is partial, because the packet never left
/// the machine).</param>
/// <param name="SegmentSize">Payload bytes of each merged segment; 0 where nothing was merged.</param>
public readonly record struct LinkFrame(FrameBuffer Buffer, int Offset, int Length, bool ChecksumVerified, ushort SegmentSize)
{
    /// <summary>The packet, from its IP header on.</summary>
    public ReadOnlyMemory<byte> Packet => Buffer.Bytes.AsMemory(Offset, Length);
}
