using System.Diagnostics;
using ActorStack.Actors.Connections;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Host;
using ActorStack.Transport.State;
using Akka.Actor;

namespace ActorStack.Actors.Migration;

/// <summary>The data that a connection's actor keeps while a move is on its way.</summary>
/// <param name="number">The number of the migration, counted from 1 for each connection.</param>
/// <param name="requester">The actor that waits for the record; null: none.</param>
internal sealed class CurrentMigration(int number, IActorRef? requester)
{
    public int Number => number;

    public IActorRef? Requester => requester;

    /// <summary>The activity of the move for distributed tracing; null: nobody listens.</summary>
    public Activity? Activity { get; } = MigrationActivity.Start();

    /// <summary>The time at which the limit that the protocol armed passes; null: none is armed.</summary>
    public TimeSpan? Deadline { get; set; }

    /// <summary>The timestamp of the freeze; null while a stack still answers the peer.</summary>
    public long? FrozenAt { get; set; }

    /// <summary>The record that travels; null before the freeze.</summary>
    public TcpConnectionState? State { get; set; }

    /// <summary>Late segments; null before the first one.</summary>
    public HeldFrames? Held { get; private set; }

    /// <summary>Takes the frames of the burst, as many as the bound permits.</summary>
    public void Hold(SegmentBurst burst, HostCounters counters)
    {
        Held ??= new HeldFrames();
        for (var i = 0; i < burst.Count; i++)
        {
            if (!Held.TryAdd(burst.Frame(i))) counters.Drop(DropReason.HeldOverflow);
        }

        burst.RecycleEmptied();
    }

    /// <summary>
    /// Takes the frames of the burst. Where the bound is reached, the newest are kept, because the previous owner processes all
    /// of them meanwhile.
    /// </summary>
    public void HoldNewest(SegmentBurst burst)
    {
        Held ??= new HeldFrames();
        for (var i = 0; i < burst.Count; i++) Held.AddNewest(burst.Frame(i));
        burst.RecycleEmptied();
    }

    /// <summary>Takes the frames that arrived before the connection had an actor.</summary>
    public void Hold(PendingOwner early, HostCounters counters)
    {
        Held ??= new HeldFrames();
        foreach (var frame in early.TakeHeld())
        {
            if (!Held.TryAdd(frame)) counters.Drop(DropReason.HeldOverflow);
        }
    }

    public void ForwardHeld(IOffloadEngine engine, EngineHandle handle)
    {
        if (Held is not { } held) return;
        for (var i = 0; i < held.Count; i++) engine.Forward(handle, held[i]);
        held.Release();
    }
}
