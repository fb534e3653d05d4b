using ActorStack.Actors.Migration;
using ActorStack.Transport.Engines;
using ActorStack.Transport.State;
using ActorStack.Transport.Tracing;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>
/// What a connection's actor does about each message in one phase of the connection's life, with the data that belongs to this
/// phase. What most phases do alike stands here.
/// </summary>
internal abstract class ConnectionBehaviour(ConnectionActor actor)
{
    public abstract ConnectionPhase Phase { get; }

    public abstract TcpState State { get; }

    /// <summary>The connection as its application has it; null in the handshake and after the end.</summary>
    public virtual ConnectionContext? Application => null;

    /// <summary>The move on its way; null: there is none.</summary>
    public virtual CurrentMigration? Migration => null;

    /// <summary>When the actor's timer is to fire; null: never.</summary>
    public virtual TimeSpan? NextDeadline => null;

    protected ConnectionActor Actor => actor;

    protected LoopContext Loop => actor.Loop;

    protected StackShared Stack => actor.Stack;

    protected FlowEntry Entry => actor.Entry;

    /// <summary>Why the connection cannot be moved in this phase.</summary>
    protected abstract string WhyNotMoved { get; }

    /// <summary>The figures of whoever runs the connection.</summary>
    public abstract EngineConnectionInfo Info();

    /// <summary>Those that <c>TCP_INFO</c> names; null where nobody has them.</summary>
    public virtual TcpStatistics? Statistics(TimeSpan now) => null;

    public virtual void SetTrace(TraceFile? trace)
    {
    }

    public abstract void OnBurst(SegmentBurst burst);

    /// <summary>A router that found a packet too large says so again for the next one.</summary>
    public virtual void OnIcmp(in IcmpMessage message)
    {
    }

    /// <summary>A timer that was armed in an earlier phase fires for nothing.</summary>
    public virtual void OnTimer()
    {
    }

    /// <summary>During a move nobody looks; the stack that has the connection then looks at everything.</summary>
    public virtual void OnApplicationWrote()
    {
    }

    public virtual void OnApplicationRead()
    {
    }

    public virtual void OnOptionsChanged()
    {
    }

    public virtual void OnPolicyTick()
    {
    }

    /// <summary>An operator wants the connection in an engine.</summary>
    public virtual void OnOffload(Owner engine) => Actor.Decline(WhyNotMoved);

    /// <summary>An operator wants the connection back.</summary>
    public virtual void OnUpload() => Actor.Decline(WhyNotMoved);

    public virtual void OnRetire() => Actor.Step(MigrationInput.StopRequested.Instance);

    /// <summary>The connection was there before the open was given up.</summary>
    public virtual void OnOpenCancelled()
    {
    }

    /// <summary>Does what the migration protocol wants done.</summary>
    public virtual void Carry(MigrationOutput output) =>
        throw new InvalidOperationException($"connection {Entry.Id} cannot do {output} while {Phase}");

    /// <summary>Makes way for a move whose claim is about to be journaled.</summary>
    public virtual void Prepare(MigrationClaim claim, CurrentMigration migration) =>
        throw new InvalidOperationException($"connection {Entry.Id} cannot move to {claim.To} while {Phase}");

    /// <summary>The connection is about to end.</summary>
    public virtual void BeforeEnd()
    {
    }

    /// <summary>The actor is stopped while the connection lives: the peer gets a RST, and the engine is fenced.</summary>
    public virtual void Fail(Exception error, TimeSpan now)
    {
    }

    /// <summary>The connection has ended, or failed.</summary>
    public virtual void AfterEnd(Exception? error)
    {
    }
}
