using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Links.Steering;

/// <summary>
/// Sends the segments of flows that have moved away on to their new owners: whatever still arrives here with the source
/// <see cref="FlowKey.Remote"/> and the destination <see cref="FlowKey.Local"/> leaves for the target of the flow, before it
/// reaches the link. Frames that the link has delivered already follow when they are written back to it (<see
/// cref="ILink.SendFrame"/>), once the flow was added. All members may be called from any thread.
/// </summary>
/// <remarks>
/// Owners must not steer a flow to each other in a circle: its segments then travel until their hop limit is used up.
/// </remarks>
public interface IFlowSteering : IDisposable
{
    /// <summary>Flows that are steered now.</summary>
    int Count { get; }

    /// <summary>
    /// Adds a way to another owner. Throws <see cref="LinuxException"/> that says what to do where the system lacks what the way
    /// needs; nothing is then left behind.
    /// </summary>
    /// <param name="nextHop">The way. It may be given more than once; each call returns a target of its own.</param>
    SteeringTarget AddTarget(NextHop nextHop);

    /// <summary>Withdraws the target; its flows are steered no longer. A target that was withdrawn already is ignored.</summary>
    void RemoveTarget(SteeringTarget target);

    /// <summary>
    /// Steers the flow to the target from now on, wherever it was steered before. Throws <see cref="LinuxException"/> where the
    /// steering is full or the system refuses; the flow then stays where it was.
    /// </summary>
    void Add(in FlowKey flow, SteeringTarget target);

    /// <summary>Does for many flows what <see cref="Add(in FlowKey, SteeringTarget)"/> does for one, in few requests.</summary>
    void Add(ReadOnlySpan<FlowKey> flows, SteeringTarget target);

    /// <summary>
    /// Ends the steering of a flow; one that is not steered is ignored. Throws <see cref="LinuxException"/> where the system
    /// refuses.
    /// </summary>
    void Remove(in FlowKey flow);

    /// <summary>Does for many flows what <see cref="Remove(in FlowKey)"/> does for one, in few requests.</summary>
    void Remove(ReadOnlySpan<FlowKey> flows);

    /// <summary>Ends the steering of all flows; the targets stay.</summary>
    void Clear();
}
