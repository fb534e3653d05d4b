namespace ActorStack.Transport.Links;

/// <summary>Counters of a link since it was opened.</summary>
/// <param name="FramesReceived">Frames read from the link; a super-segment counts once.</param>
/// <param name="BytesReceived">Bytes of IP packets in them, headers included.</param>
/// <param name="FramesSent">Frames written to the link; a super-segment counts once.</param>
/// <param name="BytesSent">Bytes of IP packets in them, headers included.</param>
/// <param name="SendDrops">Frames that the link dropped because it was full.</param>
public readonly record struct LinkStatistics(
    long FramesReceived, long BytesReceived, long FramesSent, long BytesSent, long SendDrops)
{
    /// <summary>Adds the counters of two links, or of two queues of one link.</summary>
    public static LinkStatistics operator +(LinkStatistics left, LinkStatistics right) => new(
        left.FramesReceived + right.FramesReceived, left.BytesReceived + right.BytesReceived,
        left.FramesSent + right.FramesSent, left.BytesSent + right.BytesSent, left.SendDrops + right.SendDrops);
}
