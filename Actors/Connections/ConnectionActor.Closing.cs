using Akka.Actor;
using static ActorStack.Actors.Connections.ConnectionProtocol;

namespace ActorStack.Actors.Connections;

/// <summary>Both sides have closed: the last acknowledgments. There is nothing left to move; TIME-WAIT is the table's.</summary>
internal sealed partial class ConnectionActor
{
    private UntypedReceive Closing() => message =>
    {
        switch (message)
        {
            case SegmentBurst burst:
                OnBurst(burst);
                break;
            case IcmpArrived icmp:
                OnIcmp(icmp.Message);
                break;
            case TimerFired:
                OnTimer();
                break;
            case ApplicationWrote:
                OnApplicationWrote();
                break;
            case ApplicationRead:
                OnApplicationRead();
                break;
            case OptionsChanged:
                TakeOptions();
                break;
            case Query query:
                Answer(query);
                break;
            case Move move:
                Decline(move, $"is closing ({_tcp!.State})");
                break;
            case Retire:
                break;
            case Reset reset:
                Abort(reset.Reason);
                break;
            case OpenCancelled:
                break; // the connection was there before
            case PolicyTick:
                break;
            case EngineEvent stale:
                IgnoreStale(stale);
                break;
            default:
                Unhandled(message);
                break;
        }
    };
}
