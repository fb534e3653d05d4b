using ActorStack.Actors.Loop;
using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>
/// The parent of one service's connections on one loop. The backlog is checked before a SYN reaches this actor, so that a flood
/// causes no messages. Where a connection fails, its peer gets a RST and the other connections continue.
/// </summary>
internal sealed class ListenerActor : UntypedActor
{
    private readonly LoopContext _loop;
    private readonly Props _connections;
    private int? _left;

    public ListenerActor(LoopContext loop)
    {
        _loop = loop;
        _connections = ConnectionProps.Shared(
            Deploy.Local.WithDispatcher(Context.Dispatcher.Id).WithMailbox(CompactMailbox.Id));
    }

    public static Props Props(LoopContext loop, string dispatcher) =>
        Akka.Actor.Props.Create<ListenerActor>(loop).WithDispatcher(dispatcher);

    /// <summary>Stops a failed connection. The error is logged here at a bounded rate, so Akka's own logging is off.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        maxNrOfRetries: -1, withinTimeMilliseconds: -1,
        error =>
        {
            _loop.Stack.Errors.Error(error, "Connection {0} failed and is reset", Sender.Path.Name);
            return Directive.Stop;
        },
        loggingEnabled: false);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Admitted { Entry: var entry }:
                Open(entry);
                break;
            case Unbound:
                AwaitEnds();
                break;
            case Terminated when --_left == 0:
                Context.Stop(Self);
                break;
            case Terminated:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>
    /// Stops when the last connection has ended. No SYN is admitted any more, and no earlier one is on its way here: the loop
    /// sent it before this message.
    /// </summary>
    private void AwaitEnds()
    {
        var connections = Context.GetChildren().ToList();
        _left = connections.Count;
        foreach (var connection in connections) Context.Watch(connection);
        if (connections.Count == 0) Context.Stop(Self);
    }

    private void Open(FlowEntry entry)
    {
        entry.Actor = Context.ActorOf(ConnectionProps.Of(_connections, _loop, entry), NameOf(entry));
        entry.Actor.Tell(ConnectionProtocol.Begin.Instance, ActorRefs.NoSender);

        // A stop may have listed the connections before this one existed.
        if (_loop.Stack.Stopping.IsCancellationRequested)
            entry.Actor.Tell(ConnectionProtocol.Retire.Instance, ActorRefs.NoSender);
    }

    /// <summary>
    /// The name of the connection's actor. The actor of a connection that left this node stays until the journal has stored its
    /// end, and the connection may come back before: each arrival has a name of its own, by its epoch.
    /// </summary>
    private static string NameOf(FlowEntry entry) =>
        entry.Arrival is { } arrival ? FormattableString.Invariant($"{entry.Id}@{arrival.Epoch}") : entry.Id.Value;
}
