using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Sql.Journal;

namespace ActorStack.Actors.Persistence;

/// <summary>
/// The SQL journal, with a short pause between commits, so that many short connections share few large commits.
/// </summary>
public class ConnectionSqlJournal(Config config) : SqlWriteJournal(config)
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(10);

    private long _committedAt;

    /// <inheritdoc/>
    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(
        IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var writes = messages.ToList();
        var events = writes.SelectMany(write => (IImmutableList<IPersistentRepresentation>)write.Payload)
            .Select(item => item.Payload).ToList();
        var rejections = await base.WriteMessagesAsync(writes, cancellationToken).ConfigureAwait(false);
        if (!events.Any(IsAwaited)) await RestAsync(cancellationToken).ConfigureAwait(false);
        return rejections;
    }

    /// <summary>
    /// Writes without a pause where a caller waits for the write: a start for its number, a move for its claim.
    /// </summary>
    private static bool IsAwaited(object item) => item is not (ConnectionEvents.Opened or ConnectionEvents.Closed);

    /// <summary>
    /// Pauses after a commit and not before it, because a commit must run in the actor's context. A commit after a quiet time
    /// has no pause.
    /// </summary>
    private Task RestAsync(CancellationToken cancellation)
    {
        var isFirst = Stopwatch.GetElapsedTime(Interlocked.Exchange(ref _committedAt, Stopwatch.GetTimestamp())) > 2 * Rest;
        return isFirst ? Task.CompletedTask : Task.Delay(Rest, cancellation);
    }
}
