using System.Collections.Concurrent;
using ActorStack.Transport.Linux;

namespace ActorStack.Actors;

/// <summary>
/// Counts how often another program on the host removed something that the stack had set up. Any thread may use it.
/// </summary>
public sealed class HostChangeCounts
{
    private readonly ConcurrentDictionary<string, long> _counts = new();

    /// <summary>The counts by <c>part: outcome</c>.</summary>
    public IReadOnlyDictionary<string, long> Snapshot => new SortedDictionary<string, long>(_counts);

    /// <summary>Counts one change of the host.</summary>
    public void Count(HostChange change) => _counts.AddOrUpdate($"{change.Part}: {change.Outcome}", 1, (_, count) => count + 1);
}
