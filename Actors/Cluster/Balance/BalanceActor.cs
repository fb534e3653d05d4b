using ActorStack.Actors.Connections;
using ActorStack.Transport.Timing;
using Akka.Actor;
using Akka.Event;

namespace ActorStack.Actors.Cluster.Balance;

/// <summary>
/// Looks at the connections of all nodes from time to time, and lets the stack's actor give some to other nodes where the rule
/// says so. It runs on the loop of the stack's actor.
/// </summary>
internal sealed class BalanceActor : UntypedActor
{
    private readonly StackShared _stack;
    private readonly INodeNetwork _network;
    private readonly TimerWheel _wheel;
    private readonly BalanceSettings _settings;
    private readonly BalanceRule _rule;
    private readonly TimerNode _timer;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private bool _isGiving;

    public BalanceActor(StackShared stack, TimerWheel wheel, BalanceSettings settings)
    {
        (_stack, _network, _wheel, _settings) = (stack, stack.Cluster!, wheel, settings);
        _rule = new BalanceRule(settings);
        _timer = new TimerNode(Self);
    }

    public static Props Props(StackShared stack, TimerWheel wheel, BalanceSettings settings, string dispatcher) =>
        Akka.Actor.Props.Create<BalanceActor>(stack, wheel, settings).WithDispatcher(dispatcher);

    /// <summary>The connections of all nodes; null where those of some node are not known.</summary>
    public static IReadOnlyDictionary<string, long>? Count(StackShared stack, INodeNetwork network)
    {
        var connections = new Dictionary<string, long> { [network.Self] = stack.Connections.Count };
        foreach (var node in network.Nodes.Select(one => one.Name).Where(name => name != network.Self))
        {
            if (network.ConnectionsOf(node) is not { } count) return null;
            connections[node] = count;
        }

        return connections;
    }

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
                _log.Info("{0} connections went to nodes that had fewer, {1} stayed", given.Moved, given.Stayed);
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
        var gifts = _rule.Look(_network.Self, Count(_stack, _network));
        if (gifts.Count == 0) return;
        _isGiving = true;
        Context.Parent.Tell(new StackProtocol.Give(gifts, _settings.Interval), Self);
    }

    private void Rest() => _wheel.Schedule(_timer, _stack.Now + _settings.Interval);
}
