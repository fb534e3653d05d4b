using ActorStack.Actors;
using ActorStack.Hosting.Telemetry;
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
            logger.Restored(string.Join(", ", restored));
        }

        foreach (var change in changes)
        {
            if (change.Outcome == HostChangeOutcome.Missing)
            {
                logger.Missing(change.Part, change.Detail);
            }
            else if (change.Outcome == HostChangeOutcome.Contested)
            {
                logger.Contested(change.Part, change.Detail);
            }
        }
    }
}
