namespace ActorStack.Transport.Wire;

/// <summary>One IP packet as a link gave it, with what the link knows of it.</summary>
/// <param name="Buffer">Who holds the frame releases it.</param>
/// <param name="Offset">Where in the buffer the IP header starts.</param>
/// <param name="Length">Bytes of the packet.</param>
/// <param name="ChecksumVerified">The link vouches for the transport checksum (or it is partial, because the packet never left the machine).</param>
/// <param name="SegmentSize">Payload bytes of each merged segment; 0 where nothing was merged.</param>
public readonly record struct LinkFrame(FrameBuffer Buffer, int Offset, int Length, bool ChecksumVerified, ushort SegmentSize)
{
    public ReadOnlyMemory<byte> Packet => Buffer.Bytes.AsMemory(Offset, Length);
}
