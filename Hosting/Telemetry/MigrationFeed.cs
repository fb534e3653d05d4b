using ActorStack.Actors.Migration;

namespace ActorStack.Hosting.Telemetry;

/// <summary>The last moves of all connections of the node, in their order. Any thread may use it.</summary>
internal sealed class MigrationFeed(StackMetrics metrics)
{
    /// <summary>The number of moves kept, which bounds the memory.</summary>
    public const int Kept = 1_000;

    private readonly Lock _gate = new();
    private readonly Queue<NumberedMigration> _last = new();
    private long _count;

    /// <summary>Adds a move that has ended.</summary>
    public void Add(MigrationRecord record)
    {
        metrics.Count(record);
        lock (_gate)
        {
            if (_last.Count == Kept) _last.Dequeue();
            _last.Enqueue(new NumberedMigration(++_count, record));
        }
    }

    /// <summary>The moves that are kept and whose number is greater, oldest first.</summary>
    public IReadOnlyList<NumberedMigration> After(long number)
    {
        lock (_gate) return [.. _last.SkipWhile(one => one.Number <= number)];
    }
}
