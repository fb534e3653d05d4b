using ActorStack.Transport.Engines;
using ActorStack.Transport.Host;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Wire;
using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>
/// One connection as the actors of its stack know it: the host's flow, its service and its actor. Belongs to its loop's thread;
/// what any thread may read says so.
/// </summary>
/// <param name="id">The connection's name over its whole life.</param>
/// <param name="flow">The host's entry, of which this connection becomes the owner.</param>
/// <param name="service">The service that the flow was admitted for, or what stands for one where it is opened from here.</param>
/// <param name="open">The order to open it; null where the peer opened it.</param>
internal sealed class FlowEntry(ConnectionId id, Flow flow, LoopService service, ActiveOpen? open = null)
{
    private IActorRef? _actor;

    public ConnectionId Id => id;

    public FlowKey Flow => flow.Key;

    public ListenerSettings Service => service.Service.Settings;

    public TcpSettings Tcp => flow.Listener.Tcp;

    public ConnectionBufferOptions Buffers => service.Service.Buffers;

    public AcceptQueue Accepts => service.Service.Accepts;

    /// <summary>The order to open the connection, until the actor has taken it; null where the peer opened it.</summary>
    public ActiveOpen? Open { get; set; } = open;

    /// <summary>Null until the actor was made. Any thread may read it.</summary>
    public IActorRef? Actor
    {
        get => Volatile.Read(ref _actor);
        set => Volatile.Write(ref _actor, value);
    }

    /// <summary>Who runs the connection. Any thread may read it.</summary>
    public Owner RunsOn { get; set; }

    /// <summary>What of the burst being read belongs to this connection.</summary>
    public SegmentBurst? Pending { get; set; }

    /// <summary>The flow is over, and only the actor is left. Any thread may read it.</summary>
    public bool IsOver => flow.IsOver;

    /// <summary>The engine that segments go to instead of the actor; null: to the actor.</summary>
    public EngineOwner? SteeredTo => flow.Owner as EngineOwner;

    /// <summary>The actor becomes the owner of a flow that had none. Returns what came before it.</summary>
    public PendingOwner Take()
    {
        var pending = (PendingOwner)flow.Owner;
        flow.Become(new ActorOwner(this, pending.Epoch));
        return pending;
    }

    /// <summary>Segments go to <paramref name="engine"/> from now on.</summary>
    public void Steer(IOffloadEngine engine, EngineHandle handle, long epoch) =>
        flow.Become(new EngineOwner(engine, handle, epoch));

    /// <summary>Segments go to the actor from now on.</summary>
    public void Unsteer(long epoch)
    {
        if (SteeredTo is not null) flow.Become(new ActorOwner(this, epoch));
    }

    /// <inheritdoc cref="Flow.EndHandshake"/>
    public void EndHandshake() => flow.EndHandshake();

    /// <inheritdoc cref="Flow.Depart"/>
    public void Depart(TimeSpan now) => flow.Depart(now);
}
