namespace ActorStack.Transport.Emulation.Paths;

/// <summary>
/// One frame as the device gave it, virtio header first: a packet, or TCP segments that the device has yet to cut.
/// </summary>
internal struct PathFrame
{
    /// <summary>Where it lies in its <see cref="FrameRing"/>.</summary>
    public int Offset;

    /// <summary>Bytes of the packet, without virtio header.</summary>
    public int Length;

    /// <summary>Where the TCP header starts; only of a frame to be cut.</summary>
    public int TcpOffset;

    /// <summary>Bytes of all headers; 0 where there is nothing to cut.</summary>
    public int HeaderLength;

    /// <summary>Payload bytes of every packet but perhaps the last.</summary>
    public int SegmentSize;

    /// <summary>Packets still on their way.</summary>
    public int Packets;

    public readonly bool IsSegmented => SegmentSize > 0;

    public readonly int Count => IsSegmented ? (Length - HeaderLength + SegmentSize - 1) / SegmentSize : 1;

    /// <summary>Payload bytes of <paramref name="count"/> packets from the one at <paramref name="index"/>.</summary>
    public readonly int PayloadOf(int index, int count) =>
        Math.Min(count * SegmentSize, Length - HeaderLength - index * SegmentSize);

    /// <summary>Bytes of the IP packet at <paramref name="index"/>.</summary>
    public readonly int LengthOf(int index) => IsSegmented ? HeaderLength + PayloadOf(index, 1) : Length;
}
