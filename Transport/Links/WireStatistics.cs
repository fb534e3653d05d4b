namespace ActorStack.Transport.Links;

/// <summary>What a path did in one direction, in packets unless said otherwise.</summary>
/// <param name="Sent">Given to the path, whatever became of them.</param>
/// <param name="Lost">By chance, alone or in a burst.</param>
/// <param name="QueueDrops">Dropped where packets wait for the line.</param>
/// <param name="CapacityDrops">Dropped because nobody took what had arrived, or there was no memory for more.</param>
/// <param name="Reordered">Held back, so that those behind them passed.</param>
/// <param name="Duplicated">Delivered twice.</param>
/// <param name="Corrupted">Delivered with one bit flipped.</param>
/// <param name="Marked">Given the codepoint CE.</param>
/// <param name="MaximumQueueBytes">The most bytes that waited for the line.</param>
/// <param name="MaximumQueuePackets">The most packets that waited for the line or were on it.</param>
public readonly record struct WireStatistics(
    long Sent, long Lost, long QueueDrops, long CapacityDrops, long Reordered, long Duplicated, long Corrupted, long Marked,
    long MaximumQueueBytes, int MaximumQueuePackets);
