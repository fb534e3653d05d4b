using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace ActorStack.Actors.Persistence;

/// <summary>
/// A journal in memory, for a service without a state directory. It forgets a connection that has ended, so it holds only
/// living connections. (Akka's own journal in memory keeps every event for ever.)
/// </summary>
public sealed class TransientJournal : AsyncWriteJournal
{
    private static readonly Task<IImmutableList<Exception>?> NothingRejected = Task.FromResult<IImmutableList<Exception>?>(null);

    private readonly ConcurrentDictionary<string, ImmutableList<IPersistentRepresentation>> _events = new();

    /// <summary>The HOCON that makes this the journal of the actor system.</summary>
    public static Config Configuration { get; } = ConfigurationFactory.ParseString($$"""
        akka.persistence.journal {
          plugin = "akka.persistence.journal.actorstack-transient"
          actorstack-transient {
            class = "{{typeof(TransientJournal).FullName}}, ActorStack.Actors"
            plugin-dispatcher = "akka.actor.default-dispatcher"
          }
        }
        """);

    /// <inheritdoc/>
    public override Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max,
        Action<IPersistentRepresentation> recoveryCallback)
    {
        if (!_events.TryGetValue(persistenceId, out var events)) return Task.CompletedTask;
        var asked = events.Where(item => item.SequenceNr >= fromSequenceNr && item.SequenceNr <= toSequenceNr);
        foreach (var item in asked.Take((int)Math.Min(max, int.MaxValue)))
            recoveryCallback(item);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task<long> ReadHighestSequenceNrAsync(
        string persistenceId, long fromSequenceNr, CancellationToken cancellationToken) =>
        Task.FromResult(_events.TryGetValue(persistenceId, out var events) && !events.IsEmpty ? events[^1].SequenceNr : 0);

    /// <inheritdoc/>
    protected override Task<IImmutableList<Exception>?> WriteMessagesAsync(
        IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        foreach (var item in messages.SelectMany(write => (IImmutableList<IPersistentRepresentation>)write.Payload))
        {
            if (item.Payload is ConnectionEvents.Closed) _events.TryRemove(item.PersistenceId, out _);
            else _events.AddOrUpdate(item.PersistenceId, _ => [item], (_, events) => events.Add(item));
        }

        return NothingRejected;
    }

    /// <inheritdoc/>
    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken)
    {
        // The last event stays, because it holds the sequence number.
        if (_events.TryGetValue(persistenceId, out var events))
            _events[persistenceId] = events.RemoveAll(
                item => item.SequenceNr <= toSequenceNr && item.SequenceNr < events[^1].SequenceNr);
        return Task.CompletedTask;
    }
}
