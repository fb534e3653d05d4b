using ActorStack.Actors.Loop;
using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>
/// The parent of one service's connections on one loop. The backlog is counted before a SYN gets here, so that a flood costs no
/// messages. A connection that fails is gone (its peer gets a RST); the others do not notice.
/// </summary>
internal sealed class ListenerActor : UntypedActor
{
    private readonly LoopContext _loop;
    private readonly Deploy _deploy;

    public ListenerActor(LoopContext loop)
    {
        _loop = loop;
        _deploy = Deploy.Local.WithDispatcher(Context.Dispatcher.Id).WithMailbox(CompactMailbox.Id);
    }

    public static Props Props(LoopContext loop, string dispatcher) =>
        Akka.Actor.Props.Create<ListenerActor>(loop).WithDispatcher(dispatcher);

    /// <summary>Logs what failed itself: Akka would do so once more, and without a limit.</summary>
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
        if (message is not Admitted { Entry: var entry })
        {
            Unhandled(message);
            return;
        }

        var connection = Akka.Actor.Props.CreateBy(new ConnectionActorProducer(_loop, entry)).WithDeploy(_deploy);
        entry.Actor = Context.ActorOf(connection, entry.Id.Value);
        entry.Actor.Tell(ConnectionProtocol.Begin.Instance, ActorRefs.NoSender);

        // A stop tells the connections that it finds; this one it may not have found.
        if (_loop.Stack.Stopping.IsCancellationRequested)
            entry.Actor.Tell(ConnectionProtocol.Retire.Instance, ActorRefs.NoSender);
    }
}
