namespace ActorStack.Transport.Links;

/// <summary>Counters of a link since it was opened.</summary>
public readonly record struct LinkStatistics(
    long FramesReceived, long BytesReceived, long FramesSent, long BytesSent, long SendDrops)
{
    public static LinkStatistics operator +(LinkStatistics left, LinkStatistics right) => new(
        left.FramesReceived + right.FramesReceived, left.BytesReceived + right.BytesReceived,
        left.FramesSent + right.FramesSent, left.BytesSent + right.BytesSent, left.SendDrops + right.SendDrops);
}
