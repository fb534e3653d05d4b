namespace ActorStack.Transport.Links;

/// <summary>What an <see cref="InMemoryWire"/> did in one direction, in packets.</summary>
/// <param name="Sent">Given to the wire, whatever became of them.</param>
/// <param name="QueueDrops">Dropped where packets wait for the line.</param>
/// <param name="CapacityDrops">Dropped because nobody took what had arrived.</param>
public readonly record struct WireStatistics(
    long Sent, long Lost, long QueueDrops, long CapacityDrops, long Reordered, long Duplicated, long Corrupted);
