using System.Net.Sockets;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;
using Akka.Actor;

namespace ActorStack.Actors;

/// <summary>
/// Handles a link that is lost for good. No connection can continue, so each ends, with the reason in the journal. Then the
/// starter of the stack is told, which must stop the stack.
/// </summary>
public sealed partial class StackActor
{
    private readonly List<IActorRef> _linkWatchers = [];
    private StackProtocol.LinkLost? _linkLost;

    private UntypedReceive WithoutLink() => message =>
    {
        switch (message)
        {
            case StackProtocol.Connect or LoopProtocol.Connect:
                Sender.Tell(new StackProtocol.ConnectFailed(SocketError.NetworkDown, _linkLost!.Message));
                break;
            case StackProtocol.Listen or StackProtocol.Offload or StackProtocol.Upload or StackProtocol.HandOff
                or StackProtocol.Drain or StackProtocol.Balance or StackProtocol.Give:
                Sender.Tell(new StackProtocol.Failed(FailureCode.Stopping, _linkLost!.Message));
                break;
            case StackProtocol.Stop stop:
                BeginStop(stop);
                break;
            case TimerFired:
                break; // the timer of the policy
            default:
                Inform(message);
                break;
        }
    };

    private void OnLinkFailed(Exception error)
    {
        if (_linkLost is not null) return; // another queue of the link has already failed
        _linkLost = new StackProtocol.LinkLost(error.Message);
        foreach (var watcher in _linkWatchers) watcher.Tell(_linkLost);
        if (_isStopping) return;
        Become(WithoutLink());
        _stack!.Host.StopListening();
        TellAll(new ConnectionProtocol.Reset(new MigrationTrigger.LinkLost(error.Message)));
    }

    private void WatchLink()
    {
        if (_linkLost is null) _linkWatchers.Add(Sender);
        else Sender.Tell(_linkLost);
    }
}
