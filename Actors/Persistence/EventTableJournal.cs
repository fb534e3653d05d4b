using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace ActorStack.Actors.Persistence;

/// <summary>
/// Akka's journal over a table of events. A group of writes is one transaction, with a short pause between two of them, so that
/// many short connections share few large commits. It stands here instead of Akka.Persistence.Sql, whose layers over the
/// database make a start longer by a second and take half of a journal's processor time.
/// </summary>
internal abstract class EventTableJournal(IEventTable table) : AsyncWriteJournal
{
    /// <summary>The events that one query reads, so that a long history is never in memory as a whole.</summary>
    private const int ReadAtOnce = 256;

    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(10);

    private readonly Akka.Serialization.Serialization _serialization = Context.System.Serialization;
    private long _committedAt;

    /// <inheritdoc/>
    public override async Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max,
        Action<IPersistentRepresentation> recoveryCallback)
    {
        for (var (next, left) = (fromSequenceNr, max); left > 0;)
        {
            var limit = (int)Math.Min(left, ReadAtOnce);
            var events = await table.ReadAsync(persistenceId, next, toSequenceNr, limit, CancellationToken.None)
                .ConfigureAwait(false);
            foreach (var item in events) recoveryCallback(Restore(item));
            if (events.Count < limit) return;
            (next, left) = (events[^1].SequenceNr + 1, left - events.Count);
        }
    }

    /// <inheritdoc/>
    public override Task<long> ReadHighestSequenceNrAsync(
        string persistenceId, long fromSequenceNr, CancellationToken cancellationToken) =>
        table.FindHighestAsync(persistenceId, cancellationToken);

    /// <inheritdoc/>
    protected override async Task<IImmutableList<Exception>?> WriteMessagesAsync(
        IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var events = messages.SelectMany(write => (IImmutableList<IPersistentRepresentation>)write.Payload).ToList();
        var rows = events.ConvertAll(Store);
        await table.AppendAsync(rows, cancellationToken).ConfigureAwait(false);
        if (!events.Exists(IsAwaited)) await RestAsync(cancellationToken).ConfigureAwait(false);
        return null;
    }

    /// <inheritdoc/>
    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken) =>
        table.DeleteAsync(persistenceId, toSequenceNr, cancellationToken);

    /// <summary>
    /// Writes without a pause where a caller waits for the write: a start for its number, a move for its claim.
    /// </summary>
    private static bool IsAwaited(IPersistentRepresentation item) =>
        item.Payload is not (ConnectionEvents.Opened or ConnectionEvents.Closed);

    private StoredEvent Store(IPersistentRepresentation item)
    {
        var serializer = _serialization.FindSerializerFor(item.Payload);
        return new StoredEvent(
            item.PersistenceId, item.SequenceNr, serializer.ToBinary(item.Payload),
            Akka.Serialization.Serialization.ManifestFor(serializer, item.Payload), serializer.Identifier, item.WriterGuid,
            item.Timestamp == 0 ? DateTime.UtcNow.Ticks : item.Timestamp);
    }

    private Persistent Restore(StoredEvent item) => new(
        _serialization.Deserialize(item.Payload, item.SerializerId, item.Manifest), item.SequenceNr, item.PersistenceId,
        item.Manifest, isDeleted: false, ActorRefs.NoSender, item.Writer, item.CreatedAt);

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
