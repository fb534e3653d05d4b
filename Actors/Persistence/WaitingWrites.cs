using System.Collections.Immutable;
using Akka.Persistence;

namespace ActorStack.Actors.Persistence;

/// <summary>
/// Writes of connections that wait for the journal, in order. The queue is bounded: living connections are limited, and of
/// ended connections whose whole life waits here only the last ones are kept, because the journal's maintenance would remove
/// the others at once.
/// </summary>
/// <param name="endedKept">How many ended connections the journal keeps.</param>
internal sealed class WaitingWrites(int endedKept)
{
    private const int TakenAtOnce = 1_000;
    private const int FirstLook = 4_000;

    private readonly List<WriteMessages> _writes = [];
    private int _nextLook = FirstLook;

    public int Count => _writes.Count;

    public static IEnumerable<IPersistentRepresentation> EventsOf(WriteMessages write) =>
        write.Messages.OfType<AtomicWrite>().SelectMany(atomic => (IImmutableList<IPersistentRepresentation>)atomic.Payload);

    /// <summary>
    /// Adds a write. Returns the writes that became unnecessary, possibly with this one; the caller reports them as written.
    /// </summary>
    public IReadOnlyList<WriteMessages> Add(WriteMessages write)
    {
        _writes.Add(write);
        if (_writes.Count < _nextLook) return [];
        var needless = RemoveNeedless();
        _nextLook = Math.Max(FirstLook, 2 * _writes.Count); // so that the amortized cost of looking stays low
        return needless;
    }

    /// <summary>Takes the oldest writes, at most as many as fit into one transaction.</summary>
    public ImmutableArray<WriteMessages> Take()
    {
        var count = Math.Min(_writes.Count, TakenAtOnce);
        ImmutableArray<WriteMessages> taken = [.. _writes[..count]];
        _writes.RemoveRange(0, count);
        if (_writes.Count < FirstLook) _nextLook = FirstLook;
        return taken;
    }

    private List<WriteMessages> RemoveNeedless()
    {
        var begun = _writes.SelectMany(EventsOf).Where(item => item.SequenceNr == 1).Select(item => item.PersistenceId)
            .ToHashSet();
        var needless = _writes.SelectMany(EventsOf).Reverse()
            .Where(item => item.Payload is ConnectionEvents.Closed && begun.Contains(item.PersistenceId))
            .Skip(endedKept).Select(item => item.PersistenceId).ToHashSet();
        var removed = _writes.FindAll(IsNeedless);
        _writes.RemoveAll(IsNeedless);
        return removed;

        bool IsNeedless(WriteMessages write) => EventsOf(write).All(item => needless.Contains(item.PersistenceId));
    }
}
