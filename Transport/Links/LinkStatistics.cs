namespace ActorStack.Transport.Links;

/// <summary>Counters of a link since it was opened.</summary>
public readonly record struct LinkStatistics(
    long FramesReceived, long BytesReceived, long FramesSent, long BytesSent, long SendDrops);
