using System.Collections.Concurrent;
using ActorStack.Transport.Links;
using ActorStack.Transport.Links.Steering;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;
using Akka.Event;

namespace ActorStack.Actors.Cluster.Local;

/// <summary>
/// Forwards between the devices of two processes. While this process gives its connections away, the virtual addresses are routed
/// to the other process, and the steering of the host brings the segments of the connections that are still here to this one. To
/// forward a connection is therefore to take its flow out of the steering.
/// </summary>
/// <param name="link">The device of this process.</param>
/// <param name="open">Sets the steering up, which brings the flows that are added to it to this process.</param>
internal sealed class DeviceForwarder(ILink link, Func<IFlowSteering> open) : INodeForwarder
{
    private readonly ConcurrentDictionary<FlowKey, byte> _moved = new();
    private readonly Lock _gate = new();
    private volatile Steering? _steering;

    /// <summary>Logs what the host refuses. Set before the first call.</summary>
    public ILoggingAdapter? Log { get; set; }

    /// <summary>
    /// Begins to give connections away: sets the steering up. From now on each connection that begins here is steered to this
    /// process; <see cref="Keep(IReadOnlyList{FlowKey})"/> adds those that are here already.
    /// </summary>
    /// <exception cref="LinuxException">The host lacks what the steering needs, and the text says what to do.</exception>
    public void Begin()
    {
        lock (_gate)
        {
            if (_steering is not null) return;
            var flows = open();
            try
            {
                _steering = new Steering(flows, flows.AddTarget(new DeviceHop(link.Name)));
            }
            catch
            {
                flows.Dispose();
                throw;
            }
        }
    }

    /// <summary>Steers the flows to this process.</summary>
    /// <exception cref="LinuxException">The steering is full, or the kernel refuses.</exception>
    public void Keep(IReadOnlyList<FlowKey> flows)
    {
        if (_steering is { } steering) steering.Flows.Add(flows.ToArray(), steering.Here);
    }

    public void Keep(in FlowKey flow)
    {
        if (_steering is { } steering) Try(steering, static (it, flow) => it.Flows.Add(flow, it.Here), flow);
    }

    /// <summary>Ends the steering: the process that was to take the connections is gone.</summary>
    public void End()
    {
        lock (_gate)
        {
            _moved.Clear();
            _steering?.Flows.Dispose();
            _steering = null;
        }
    }

    public string? WhyUnreachable(string node) =>
        _steering is null ? $"cannot move to {node}, which does not take this process over" : null;

    public void Steer(in FlowKey flow, string node)
    {
        if (_steering is not { } steering) return;
        _moved.TryAdd(flow, 0);
        Try(steering, static (it, flow) => it.Flows.Remove(flow), flow);
    }

    public void Unsteer(in FlowKey flow)
    {
        if (_moved.TryRemove(flow, out _)) Keep(flow);
    }

    public void EndForwarding(in FlowKey flow) => _moved.TryRemove(flow, out _);

    /// <summary>
    /// A frame that this process has read leaves by its device again, and the kernel brings it to the other one.
    /// </summary>
    public void Forward(in FlowKey flow, string node, in LinkFrame frame)
    {
        if (_steering is null || _moved.ContainsKey(flow)) link.SendFrame(frame);
    }

    public void Dispose() => End();

    private void Try(Steering steering, Action<Steering, FlowKey> change, in FlowKey flow)
    {
        try
        {
            change(steering, flow);
        }
        catch (Exception error) when (error is LinuxException or ObjectDisposedException)
        {
            // The peer retransmits what is lost. The other process answers nothing of a connection that it does not have.
            Log?.Error(error, "The segments of {0} do not find their process", flow);
        }
    }

    private sealed record Steering(IFlowSteering Flows, SteeringTarget Here);
}
