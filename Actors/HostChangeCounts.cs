using System.Collections.Concurrent;
using ActorStack.Transport.Linux;

namespace ActorStack.Actors;

/// <summary>How often something else on the host took away what the stack had set up there. From any thread.</summary>
public sealed class HostChangeCounts
{
    private readonly ConcurrentDictionary<string, long> _counts = new();

    /// <summary>By <c>part: outcome</c>.</summary>
    public IReadOnlyDictionary<string, long> Snapshot => new SortedDictionary<string, long>(_counts);

    /// <summary>Counts one change of the host.</summary>
    public void Count(HostChange change) => _counts.AddOrUpdate($"{change.Part}: {change.Outcome}", 1, (_, count) => count + 1);
}
