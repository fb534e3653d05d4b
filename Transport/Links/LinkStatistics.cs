namespace ActorStack.Transport.Links;

/// <summary>Counters of a link since it was opened.</summary>
/// <param name="FramesReceived">IP packets read from the link; one that the device merged counts once.</param>
/// <param name="BytesReceived">Bytes of these packets, headers included.</param>
/// <param name="FramesSent">IP packets written to the link; one that the device cuts counts once.</param>
/// <param name="BytesSent">Bytes of these packets, headers included.</param>
/// <param name="SendDrops">IP packets that the link dropped, because it was full or refused them.</param>
public readonly record struct LinkStatistics(
    long FramesReceived, long BytesReceived, long FramesSent, long BytesSent, long SendDrops)
{
    /// <summary>Adds the counters of two links, or of two queues of one link.</summary>
    public static LinkStatistics operator +(LinkStatistics left, LinkStatistics right) => new(
        left.FramesReceived + right.FramesReceived, left.BytesReceived + right.BytesReceived,
        left.FramesSent + right.FramesSent, left.BytesSent + right.BytesSent, left.SendDrops + right.SendDrops);
}
