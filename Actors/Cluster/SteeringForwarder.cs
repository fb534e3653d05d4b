using System.Collections.Concurrent;
using ActorStack.Transport.Links;
using ActorStack.Transport.Links.Steering;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;
using Akka.Event;

namespace ActorStack.Actors.Cluster;

/// <summary>
/// Forwards segments by the steering of the host: those that arrive from now on go to the other node past this process, and
/// frames that the link has delivered already follow when they are written back to the link.
/// </summary>
internal sealed class SteeringForwarder(IFlowSteering steering, ILink link, INodeNetwork network) : INodeForwarder
{
    private readonly ConcurrentDictionary<string, (ClusterNode Node, SteeringTarget Target)> _targets = new();
    private readonly ConcurrentDictionary<FlowKey, byte> _steered = new();
    private readonly Lock _gate = new();

    /// <summary>Logs what the host refuses. Set before the first call.</summary>
    public ILoggingAdapter? Log { get; set; }

    public string? WhyUnreachable(string node)
    {
        try
        {
            TargetOf(node);
            return null;
        }
        catch (Exception error) when (error is LinuxException or InvalidOperationException)
        {
            return $"cannot move to node {node}: {error.Message}";
        }
    }

    public void Steer(in FlowKey flow, string node)
    {
        try
        {
            steering.Add(flow, TargetOf(node));
            _steered.TryAdd(flow, 0);
        }
        catch (Exception error) when (error is LinuxException or InvalidOperationException or ArgumentException)
        {
            // The peer retransmits what is lost, and any node that gets it asks who has the connection.
            Log?.Error(error, "The segments of {0} are not forwarded to node {1}", flow, node);
        }
    }

    public void Unsteer(in FlowKey flow)
    {
        if (!_steered.TryRemove(flow, out _)) return;
        try
        {
            steering.Remove(flow);
        }
        catch (LinuxException error)
        {
            Log?.Error(error, "The segments of {0} are still forwarded", flow);
        }
    }

    /// <summary>A frame of a flow that is not steered would come to this link again, so it is dropped.</summary>
    public void Forward(in FlowKey flow, string node, in LinkFrame frame)
    {
        if (_steered.ContainsKey(flow)) link.SendFrame(frame);
    }

    public void Dispose() => steering.Dispose();

    /// <summary>The way to the node. A node that has started again may be elsewhere.</summary>
    private SteeringTarget TargetOf(string name)
    {
        var node = network.Nodes.FirstOrDefault(one => one.Name == name)
            ?? throw new InvalidOperationException("it is no node of the cluster");
        if (_targets.TryGetValue(name, out var known) && known.Node == node) return known.Target;
        lock (_gate)
        {
            if (_targets.TryGetValue(name, out known) && known.Node == node) return known.Target;
            if (!SteeringAddress.TryParse(node.Steering, out var nextHop))
            {
                throw new InvalidOperationException(
                    "it does not say where segments are to be forwarded; set actorstack.cluster.steering there");
            }

            var target = steering.AddTarget(nextHop);
            if (known.Target is { } old) steering.RemoveTarget(old);
            _targets[name] = (node, target);
            return target;
        }
    }
}
