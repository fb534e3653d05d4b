using ActorStack.Actors.Migration.Handoff;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Host;
using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Wire;
using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>
/// One connection as the actors of its stack know it: the host's flow, the service and the actor. Used on the loop's thread,
/// except for the members that say otherwise.
/// </summary>
/// <param name="id">The id of the connection over its whole life.</param>
/// <param name="flow">The host's flow, which this connection comes to own.</param>
/// <param name="service">The service that the flow was admitted for; for a connection that the stack opens, a stand-in.</param>
/// <param name="open">The order to open the connection; null where the peer opens it.</param>
/// <param name="arrivals">
/// The order to prepare for the connection, which comes from another node; then the last order of each other node from which it
/// has come before. Empty: it began here.
/// </param>
internal sealed class FlowEntry(
    ConnectionId id, Flow flow, LoopService service, ActiveOpen? open = null, IReadOnlyList<ArrivalOrder>? arrivals = null)
{
    private IActorRef? _actor;
    private string? _companion;

    public ConnectionId Id => id;

    public FlowKey Flow => flow.Key;

    public ListenerSettings Service => service.Service.Settings;

    public TcpSettings Tcp => flow.Listener.Tcp;

    public ConnectionBufferOptions Buffers => service.Service.Buffers;

    public AcceptQueue Accepts => service.Service.Accepts;

    /// <summary>The order to open the connection, until the actor has taken it; null where the peer opens it.</summary>
    public ActiveOpen? Open { get; set; } = open;

    /// <summary>The order by which the connection came from another node; null: it began here.</summary>
    public ArrivalOrder? Arrival => arrivals?[0];

    /// <summary>
    /// One order for each node that may forward segments of the connection here: these nodes have to hear of its end.
    /// </summary>
    public IReadOnlyList<ArrivalOrder> Arrivals => arrivals ?? [];

    /// <summary>The connection's actor; null until it is created. Any thread may read it.</summary>
    public IActorRef? Actor
    {
        get => Volatile.Read(ref _actor);
        set => Volatile.Write(ref _actor, value);
    }

    /// <summary>
    /// The id of the connection that moves to other nodes together with this one; null: it moves alone. Any thread may use it.
    /// </summary>
    public string? Companion
    {
        get => Volatile.Read(ref _companion);
        set => Volatile.Write(ref _companion, value);
    }

    /// <summary>The owner that runs the connection. Any thread may read it.</summary>
    public Owner RunsOn { get; set; }

    /// <summary>The segments of the current burst that belong to this connection; null: none yet.</summary>
    public SegmentBurst? Pending { get; set; }

    /// <summary>True where the flow has ended and only the actor is left. Any thread may read it.</summary>
    public bool IsOver => flow.IsOver;

    /// <summary>The engine that gets the segments instead of the actor; null: the actor gets them.</summary>
    public EngineOwner? SteeredTo => flow.Owner as EngineOwner;

    /// <summary>
    /// Makes the actor the owner of a flow that had none. Returns the pending owner with the frames that arrived before.
    /// </summary>
    public PendingOwner Take()
    {
        var pending = (PendingOwner)flow.Owner;
        flow.Become(new ActorOwner(this, pending.Epoch));
        return pending;
    }

    /// <summary>Sends the flow's segments to <paramref name="engine"/> from now on.</summary>
    public void Steer(IOffloadEngine engine, EngineHandle handle, long epoch) =>
        flow.Become(new EngineOwner(engine, handle, epoch));

    /// <summary>Sends the flow's segments to the actor from now on.</summary>
    public void Unsteer(long epoch)
    {
        if (SteeredTo is not null) flow.Become(new ActorOwner(this, epoch));
    }

    /// <summary>True where the record has the addresses and ports of this flow.</summary>
    public bool IsFlowOf(IdentitySection identity) =>
        identity.LocalPort == Flow.Local.Port && identity.RemotePort == Flow.Remote.Port
        && IpAddress.Read(identity.LocalAddress) == Flow.Local.Address
        && IpAddress.Read(identity.RemoteAddress) == Flow.Remote.Address;

    /// <summary>The node that has the connection; null: the connection is here.</summary>
    public NodeOwner? ForwardedTo => flow.Owner as NodeOwner;

    /// <inheritdoc cref="Flow.MoveTo"/>
    public void MoveTo(string node, long epoch, TimeSpan now) => flow.MoveTo(new NodeOwner(node, epoch), now);

    /// <inheritdoc cref="TcpHost.EndForwarding"/>
    public void EndForwarding(TcpHost host, TimeSpan now) => host.EndForwarding(flow, now);

    /// <inheritdoc cref="TcpHost.TryForget"/>
    public bool TryForget(TcpHost host) => host.TryForget(flow);

    /// <inheritdoc cref="Flow.EndHandshake"/>
    public void EndHandshake() => flow.EndHandshake();

    /// <inheritdoc cref="Flow.Depart"/>
    public void Depart(TimeSpan now) => flow.Depart(now);
}
