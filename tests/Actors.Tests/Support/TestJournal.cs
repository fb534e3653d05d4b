using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ActorStack.Actors.Persistence;
using Akka.Actor;
using Akka.Persistence;

namespace ActorStack.Actors.Tests.Support;

/// <summary>
/// A journal in memory that answers within its turn, so that virtual time never outruns it, with a gate before the writing.
/// Akka's own in-memory journal answers by way of other threads.
/// </summary>
internal sealed class TestJournal : UntypedActor
{
    private static readonly ConditionalWeakTable<ActorSystem, Notes> All = [];

    private readonly Notes _notes = Of(Context.System);
    private readonly Queue<WriteMessages> _atGate = new();

    public static Notes Of(ActorSystem system) => All.GetValue(system, _ => new Notes());

    protected override void PreStart() => _notes.Self = Self;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case WriteMessages write when _notes.IsClosed:
                _atGate.Enqueue(write);
                _notes.Waiting++;
                break;
            case WriteMessages write when _notes.ClosesBeforeEnd
                && EventsOf(write).Any(item => item.Payload is ConnectionEvents.Closed):
                _notes.Close();
                _notes.ClosesBeforeEnd = false;
                _atGate.Enqueue(write);
                _notes.Waiting++;
                break;
            case WriteMessages write when _notes.ClaimsRefused is { } refusal
                && EventsOf(write).Any(item => item.Payload is ConnectionEvents.OwnerClaimed):
                Reject(write, refusal);
                break;
            case WriteMessages write:
                Write(write, _notes.Failure);
                break;
            case Notes.Opened opened:
                while (_atGate.TryDequeue(out var write)) Write(write, opened.Failure);
                break;
            case ReplayMessages replay:
                Replay(replay);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Write(WriteMessages write, Exception? failure)
    {
        var events = EventsOf(write).ToList();
        var writer = write.PersistentActor;
        writer.Tell(
            failure is null ? WriteMessagesSuccessful.Instance : new WriteMessagesFailed(failure, write.Messages.Count()));
        foreach (var written in events)
        {
            if (failure is null) _notes.Events.Enqueue((written.PersistenceId, written.Payload));
            writer.Tell(
                failure is null
                    ? new WriteMessageSuccess(written, write.ActorInstanceId)
                    : new WriteMessageFailure(written, failure, write.ActorInstanceId),
                written.Sender);
        }
    }

    private static void Reject(WriteMessages write, Exception refusal)
    {
        write.PersistentActor.Tell(WriteMessagesSuccessful.Instance);
        foreach (var item in EventsOf(write))
            write.PersistentActor.Tell(new WriteMessageRejected(item, refusal, write.ActorInstanceId));
    }

    private static IEnumerable<IPersistentRepresentation> EventsOf(WriteMessages write) =>
        write.Messages.OfType<AtomicWrite>().SelectMany(atomic => (IEnumerable<IPersistentRepresentation>)atomic.Payload);

    private void Replay(ReplayMessages replay)
    {
        var events = _notes.Events.Where(written => written.PersistenceId == replay.PersistenceId)
            .Select(written => written.Event).ToList();
        for (var number = 1; number <= Math.Min(events.Count, replay.ToSequenceNr); number++)
            replay.PersistentActor.Tell(new ReplayedMessage(new Persistent(events[number - 1], number, replay.PersistenceId)));
        replay.PersistentActor.Tell(new RecoverySuccess(events.Count));
    }

    internal sealed class Notes
    {
        public IActorRef Self { get; set; } = ActorRefs.Nobody;

        public bool IsClosed { get; private set; }

        /// <summary>Why every write fails; null: none does.</summary>
        public Exception? Failure { get; set; }

        /// <summary>Why claims of ownership are rejected; null: they are written.</summary>
        public Exception? ClaimsRefused { get; set; }

        /// <summary>The end of a connection closes the gate before it is written.</summary>
        public bool ClosesBeforeEnd { get; set; }

        /// <summary>Writes that reached the gate.</summary>
        public int Waiting { get; set; }

        public ConcurrentQueue<(string PersistenceId, object Event)> Events { get; } = new();

        /// <summary>Writes wait from now on.</summary>
        public void Close()
        {
            Waiting = 0;
            IsClosed = true;
        }

        /// <summary>What waited is written, or fails.</summary>
        public void Open(Exception? failure = null)
        {
            IsClosed = false;
            Self.Tell(new Opened(failure));
        }

        public IReadOnlyList<IConnectionEvent> Of(string connection) =>
            [.. Events.Where(written => written.PersistenceId == $"connection-{connection}")
                .Select(written => (IConnectionEvent)written.Event)];

        internal sealed record Opened(Exception? Failure) : INoSerializationVerificationNeeded;
    }
}
