using ActorStack.Actors.Connections;
using ActorStack.Transport.Timing;
using Akka.Actor;
using Akka.Event;

namespace ActorStack.Actors.Cluster.Balance;

/// <summary>
/// Looks at the load of all nodes from time to time, and lets the stack's actor give some to other nodes where the rule
/// says so. It runs on the loop of the stack's actor.
/// </summary>
internal sealed class BalanceActor : UntypedActor
{
    private readonly StackShared _stack;
    private readonly INodeNetwork _network;
    private readonly TimerWheel _wheel;
    private readonly BalanceSettings _settings;
    private readonly BalanceRule _rule;
    private readonly LoadReader _load;
    private readonly TimerNode _timer;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private bool _isGiving;

    public BalanceActor(StackShared stack, TimerWheel wheel, BalanceSettings settings)
    {
        (_stack, _network, _wheel, _settings) = (stack, stack.Cluster!, wheel, settings);
        _rule = new BalanceRule(settings);
        _load = new LoadReader(settings.By);
        _timer = new TimerNode(Self);
    }

    public static Props Props(StackShared stack, TimerWheel wheel, BalanceSettings settings, string dispatcher) =>
        Akka.Actor.Props.Create<BalanceActor>(stack, wheel, settings).WithDispatcher(dispatcher);

    protected override void PreStart() => Rest();

    protected override void PostStop() => _wheel.Cancel(_timer);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case TimerFired:
                if (!_isGiving && !_stack.IsLeaving) Look();
                Rest();
                break;
            case StackProtocol.Drained given:
                _isGiving = false;
                _log.Info("{0} connections went to nodes that had less load, {1} stayed", given.Moved, given.Stayed);
                break;
            case StackProtocol.Failed: // an operator moves connections at this time
                _isGiving = false;
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Look()
    {
        var connections = _stack.Connections.Count;
        var load = _load.Read(_network, connections, _stack.Work, _stack.Now);
        var gifts = _rule.Look(_network.Self, load, connections);
        if (gifts.Count == 0) return;
        _isGiving = true;
        Context.Parent.Tell(new StackProtocol.Give(gifts, _settings.Interval), Self);
    }

    private void Rest() => _wheel.Schedule(_timer, _stack.Now + _settings.Interval);
}
