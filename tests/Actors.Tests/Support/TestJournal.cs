using System.Collections.Concurrent;
using System.Collections.Immutable;
using ActorStack.Actors.Persistence;
using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace ActorStack.Actors.Tests.Support;

/// <summary>The in-memory journal, with a list of what was written and a gate before the writing.</summary>
internal sealed class TestJournal : MemoryJournal
{
    private static readonly ConcurrentDictionary<ActorSystem, Notes> All = new();

    private readonly Notes _notes = Of(Context.System);

    public static Notes Of(ActorSystem system) => All.GetOrAdd(system, _ => new Notes());

    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var writes = messages.ToList();
        if (_notes.Gate is { } gate) await gate.Task;
        foreach (var written in writes.SelectMany(write => (IEnumerable<IPersistentRepresentation>)write.Payload))
            _notes.Events.Enqueue((written.PersistenceId, written.Payload));
        return await base.WriteMessagesAsync(writes, cancellationToken);
    }

    internal sealed class Notes
    {
        /// <summary>Writes wait for it; null: they do not.</summary>
        public TaskCompletionSource? Gate { get; set; }

        public ConcurrentQueue<(string PersistenceId, object Event)> Events { get; } = new();

        public IReadOnlyList<IConnectionEvent> Of(string connection) =>
            [.. Events.Where(written => written.PersistenceId == $"connection-{connection}").Select(written => (IConnectionEvent)written.Event)];
    }
}
