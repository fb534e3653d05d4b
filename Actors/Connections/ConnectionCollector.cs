using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>Asks many connections for their snapshots and answers for all at once.</summary>
internal sealed class ConnectionCollector : UntypedActor
{
    /// <summary>A connection that fails meanwhile never answers.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly IActorRef _requester;
    private readonly IReadOnlyList<ConnectionSnapshot>? _ended;
    private readonly List<ConnectionSnapshot> _snapshots;
    private int _missing;

    /// <param name="ended">What ended before; null: only living ones are wanted.</param>
    public ConnectionCollector(IActorRef requester, IReadOnlyList<IActorRef> living, IReadOnlyList<ConnectionSnapshot>? ended)
    {
        _requester = requester;
        _ended = ended;
        _missing = living.Count;
        _snapshots = new List<ConnectionSnapshot>(living.Count);
        foreach (var connection in living) connection.Tell(ConnectionProtocol.GetSnapshot.Instance, Self);
        SetReceiveTimeout(Patience);
        if (_missing == 0) Finish();
    }

    public static Props Props(
        IActorRef requester, IReadOnlyList<IActorRef> living, IReadOnlyList<ConnectionSnapshot>? ended, string dispatcher) =>
        Akka.Actor.Props.Create<ConnectionCollector>(requester, living, ended).WithDispatcher(dispatcher);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ConnectionSnapshot snapshot:
                _snapshots.Add(snapshot);
                if (--_missing == 0) Finish();
                break;
            case ReceiveTimeout:
                Finish();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Finish()
    {
        var living = _snapshots.Where(snapshot => snapshot.Ended is null)
            .OrderBy(snapshot => snapshot.Id.Length).ThenBy(snapshot => snapshot.Id, StringComparer.Ordinal);
        var ended = _ended is null ? [] : _snapshots.Where(snapshot => snapshot.Ended is not null).Concat(_ended);
        _requester.Tell(new StackProtocol.ConnectionList([.. living, .. ended]));
        Context.Stop(Self);
    }
}
