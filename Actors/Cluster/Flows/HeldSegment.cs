using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Cluster.Flows;

/// <summary>
/// A copy of a frame in its exact size. A buffer of 66 KB for each small frame would let strangers take much memory.
/// </summary>
internal readonly record struct HeldSegment(byte[] Packet, bool ChecksumVerified, ushort SegmentSize)
{
    public static HeldSegment Of(in LinkFrame frame) => new(frame.Packet.ToArray(), frame.ChecksumVerified, frame.SegmentSize);

    /// <summary>The frame in a buffer that the caller owns.</summary>
    public LinkFrame ToFrame()
    {
        var buffer = FrameBuffer.Rent();
        Packet.CopyTo(buffer.Bytes, 0);
        return new LinkFrame(buffer, 0, Packet.Length, ChecksumVerified, SegmentSize);
    }
}
