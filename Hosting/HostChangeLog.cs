using ActorStack.Actors;
using ActorStack.Transport.Linux;
using Microsoft.Extensions.Logging;

namespace ActorStack.Hosting;

/// <summary>
/// Logs and counts changes that another program on the host made to the set-up: one line for all changes that are found at
/// once.
/// </summary>
internal sealed class HostChangeLog(ILogger logger)
{
    public HostChangeCounts Counts { get; } = new();

    /// <summary>Logs and counts changes. Any thread may call it.</summary>
    public void Note(IReadOnlyList<HostChange> changes)
    {
        foreach (var change in changes) Counts.Count(change);
        var restored = changes.Where(change => change.Outcome == HostChangeOutcome.Restored).Select(change => change.Part)
            .ToArray();
        if (restored.Length > 0)
        {
            logger.LogWarning(
                "Something on this host took away what the stack had set up; it is there again: {Parts}",
                string.Join(", ", restored));
        }

        foreach (var change in changes)
        {
            if (change.Outcome == HostChangeOutcome.Missing)
            {
                logger.LogError(
                    "{Part} was taken away on this host and can't be put back, which is tried again: {Reason}",
                    change.Part, change.Detail);
            }
            else if (change.Outcome == HostChangeOutcome.Contested)
            {
                logger.LogError(
                    "{Part}: {Trouble}; find the program on this host that takes it away", change.Part, change.Detail);
            }
        }
    }
}
