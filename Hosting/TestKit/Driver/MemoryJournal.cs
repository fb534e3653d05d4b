using Akka.Actor;
using Akka.Persistence;

namespace ActorStack.TestKit.Driver;

/// <summary>
/// The journal of the network, in memory. It answers within its turn, so that virtual time never outruns it; a journal of Akka's
/// answers by way of other threads.
/// </summary>
internal sealed class MemoryJournal : UntypedActor
{
    private readonly Dictionary<string, List<object>> _events = [];

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case WriteMessages write:
                Write(write);
                break;
            case ReplayMessages replay:
                Replay(replay);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Write(WriteMessages write)
    {
        var writer = write.PersistentActor;
        writer.Tell(WriteMessagesSuccessful.Instance);
        foreach (var written in write.Messages.OfType<AtomicWrite>()
            .SelectMany(atomic => (IEnumerable<IPersistentRepresentation>)atomic.Payload))
        {
            Of(written.PersistenceId).Add(written.Payload);
            writer.Tell(new WriteMessageSuccess(written, write.ActorInstanceId), written.Sender);
        }
    }

    private void Replay(ReplayMessages replay)
    {
        var events = Of(replay.PersistenceId);
        for (var number = 1; number <= Math.Min(events.Count, replay.ToSequenceNr); number++)
            replay.PersistentActor.Tell(new ReplayedMessage(new Persistent(events[number - 1], number, replay.PersistenceId)));
        replay.PersistentActor.Tell(new RecoverySuccess(events.Count));
    }

    private List<object> Of(string persistenceId) =>
        _events.TryGetValue(persistenceId, out var events) ? events : _events[persistenceId] = [];
}
