using ActorStack.Transport.Links;

namespace ActorStack.CommandLine.Bench.Paths;

/// <summary>Packets of the data's direction, over all seeds.</summary>
internal sealed record PathTotals(long Sent, long Lost, long QueueDrops, long CapacityDrops, long Reordered)
{
    public static PathTotals None { get; } = new(0, 0, 0, 0, 0);

    public PathTotals Plus(in WireStatistics path) => new(
        Sent + path.Sent, Lost + path.Lost, QueueDrops + path.QueueDrops, CapacityDrops + path.CapacityDrops,
        Reordered + path.Reordered);
}
