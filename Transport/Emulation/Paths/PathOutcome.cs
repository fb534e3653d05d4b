namespace ActorStack.Transport.Emulation.Paths;

/// <summary>What becomes of a packet.</summary>
internal enum PathOutcome : byte
{
    Delivered,
    Lost,

    /// <summary>The queue before the line was full.</summary>
    QueueDropped,
}
