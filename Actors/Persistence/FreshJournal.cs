using Akka.Actor;
using Akka.Persistence;

namespace ActorStack.Actors.Persistence;

/// <summary>
/// The journal as new connections see it. They have no past, and so need not wait until a database has looked for one: recovery is
/// answered here, on the stack's own loop; all else goes to the system's journal.
/// </summary>
internal sealed class FreshJournal : UntypedActor
{
    /// <summary>Its section in reference.conf.</summary>
    public const string PluginId = "actorstack.fresh-journal";

    /// <summary>The snapshot store that goes with it: there are none.</summary>
    public const string SnapshotPluginId = "actorstack.no-snapshots";

    private readonly IActorRef _journal = Akka.Persistence.Persistence.Instance.Apply(Context.System).JournalFor("");

    protected override void OnReceive(object message)
    {
        if (message is ReplayMessages { ToSequenceNr: 0 } replay) replay.PersistentActor.Tell(new RecoverySuccess(0));
        else _journal.Forward(message);
    }
}
