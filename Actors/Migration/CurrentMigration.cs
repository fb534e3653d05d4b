using ActorStack.Actors.Connections;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Host;
using ActorStack.Transport.State;
using Akka.Actor;

namespace ActorStack.Actors.Migration;

/// <summary>What a connection's actor keeps of a move while it is on its way.</summary>
/// <param name="number">Counts the connection's migrations from 1.</param>
/// <param name="requester">Who wants the record; null: nobody waits for it.</param>
internal sealed class CurrentMigration(int number, IActorRef? requester)
{
    public int Number => number;

    public IActorRef? Requester => requester;

    /// <summary>When the limit that the protocol armed passes; null: none is armed.</summary>
    public TimeSpan? Deadline { get; set; }

    /// <summary>Timestamp of the freeze; null: some stack still answers.</summary>
    public long? FrozenAt { get; set; }

    /// <summary>The record that travels; null before the freeze.</summary>
    public TcpConnectionState? State { get; set; }

    /// <summary>Late segments; null: none came yet.</summary>
    public HeldFrames? Held { get; private set; }

    /// <summary>Takes the frames of the burst over, as many as may be held.</summary>
    public void Hold(SegmentBurst burst, HostCounters counters)
    {
        Held ??= new HeldFrames();
        for (var i = 0; i < burst.Count; i++)
        {
            if (!Held.TryAdd(burst.Frame(i))) counters.Drop(DropReason.HeldOverflow);
        }

        burst.RecycleEmptied();
    }

    public void ForwardHeld(IOffloadEngine engine, EngineHandle handle)
    {
        if (Held is not { } held) return;
        for (var i = 0; i < held.Count; i++) engine.Forward(handle, held[i]);
        held.Release();
    }
}
