using ActorStack.Actors.Cluster.Directory;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Cluster.Flows;

/// <summary>
/// The flows of one loop that are steered to other nodes because segments of them came here. The host forwards past this
/// process, so that nobody sees whether a flow still has segments. After each period its steering therefore ends on trial: the
/// next segment that comes here begins it anew at once, and the directory is asked whether the owner is still the same. A flow
/// without a segment for a whole period is forgotten.
/// </summary>
internal sealed class SteeredFlows(INodeForwarder forwarder, UnknownFlowLimits limits)
{
    private readonly Dictionary<FlowKey, SteeredFlow> _flows = [];
    private readonly Queue<(TimeSpan Due, SteeredFlow Flow)> _periods = new();

    public int Count => _flows.Count;

    /// <summary>The time at which the period of a flow ends; null: none is steered.</summary>
    public TimeSpan? NextDeadline => _periods.TryPeek(out var next) ? next.Due : null;

    /// <summary>Steers a flow to its owner. False: there are as many flows as may be, or the node cannot be reached.</summary>
    public bool TrySteer(in FlowKey key, string node, TimeSpan now)
    {
        if (_flows.TryGetValue(key, out var known))
        {
            Steer(known, node);
            return true;
        }

        if (_flows.Count >= limits.SteeredFlows || forwarder.WhyUnreachable(node) is not null) return false;
        var flow = new SteeredFlow(key, node);
        _flows.Add(key, flow);
        _periods.Enqueue((now + limits.SteeringPeriod, flow));
        forwarder.Steer(key, node);
        return true;
    }

    /// <summary>Forwards a frame of a steered flow. False: the flow is not steered.</summary>
    /// <param name="key">The flow of the frame.</param>
    /// <param name="frame">The frame, which stays the caller's.</param>
    /// <param name="isOnTrial">The flow still has segments, and the directory has to be asked whether its owner is the
    /// same.</param>
    public bool TryForward(in FlowKey key, in LinkFrame frame, out bool isOnTrial)
    {
        isOnTrial = false;
        if (!_flows.TryGetValue(key, out var flow)) return false;
        isOnTrial = flow.IsOnTrial;
        if (isOnTrial) Steer(flow, flow.Node);
        forwarder.Forward(key, flow.Node, frame);
        return true;
    }

    /// <summary>The directory was asked about a flow that was on trial. What is not known for sure changes nothing.</summary>
    public void OnAnswer(in FlowKey key, in FlowLookup lookup, string self)
    {
        if (!_flows.TryGetValue(key, out var flow)) return;
        if (lookup.Owner is { } owner && owner != self) Steer(flow, owner);
        else if (lookup.IsSettled) Forget(key);
    }

    /// <summary>Ends the steering of a flow, if there is one.</summary>
    public void Forget(in FlowKey key)
    {
        if (_flows.Remove(key, out var flow) && !flow.IsOnTrial) forwarder.Unsteer(key);
    }

    /// <summary>Ends the steering to a node that is no member any more.</summary>
    public void ForgetNode(string node)
    {
        foreach (var (key, flow) in _flows)
        {
            if (flow.Node == node) Forget(key);
        }
    }

    /// <summary>Ends the periods that are over.</summary>
    public void OnTime(TimeSpan now)
    {
        while (_periods.TryPeek(out var next) && next.Due <= now)
        {
            var flow = _periods.Dequeue().Flow;
            if (_flows.GetValueOrDefault(flow.Key) != flow) continue;
            if (flow.IsOnTrial)
            {
                _flows.Remove(flow.Key);
                continue;
            }

            forwarder.Unsteer(flow.Key);
            flow.IsOnTrial = true;
            _periods.Enqueue((now + limits.SteeringPeriod, flow));
        }
    }

    private void Steer(SteeredFlow flow, string node)
    {
        if (!flow.IsOnTrial && flow.Node == node) return;
        (flow.Node, flow.IsOnTrial) = (node, false);
        forwarder.Steer(flow.Key, node);
    }
}
