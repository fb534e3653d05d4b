using ActorStack.Actors.Migration;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.Transport.Engines;
using ActorStack.Transport.State;
using ActorStack.Transport.Tracing;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>
/// The reaction of a connection's actor to each message in one phase of the connection's life, with the data of that phase. The
/// base class holds the reactions that most phases share.
/// </summary>
internal abstract class ConnectionBehaviour(ConnectionActor actor)
{
    public abstract ConnectionPhase Phase { get; }

    public abstract TcpState State { get; }

    /// <summary>The connection as its application sees it; null during the handshake and after the end.</summary>
    public virtual ConnectionContext? Application => null;

    /// <summary>The move that is on its way; null where there is none.</summary>
    public virtual CurrentMigration? Migration => null;

    /// <summary>The time at which the actor's timer fires; null: never.</summary>
    public virtual TimeSpan? NextDeadline => null;

    protected ConnectionActor Actor => actor;

    protected LoopContext Loop => actor.Loop;

    protected StackShared Stack => actor.Stack;

    protected FlowEntry Entry => actor.Entry;

    /// <summary>The reason why the connection cannot be moved in this phase.</summary>
    protected abstract string WhyNotMoved { get; }

    /// <summary>The figures of the stack that runs the connection.</summary>
    public abstract EngineConnectionInfo Info();

    /// <summary>The figures that <c>TCP_INFO</c> names; null where no stack has them now.</summary>
    public virtual TcpStatistics? Statistics(TimeSpan now) => null;

    public virtual void SetTrace(TraceFile? trace)
    {
    }

    public abstract void OnBurst(SegmentBurst burst);

    /// <summary>Ignores the message: a router reports the next packet that is too large again.</summary>
    public virtual void OnIcmp(in IcmpMessage message)
    {
    }

    /// <summary>Ignores a timer that was armed in an earlier phase.</summary>
    public virtual void OnTimer()
    {
    }

    /// <summary>
    /// Ignores the message during a move: the stack that gets the connection then looks at the application's pipes and options.
    /// </summary>
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

    /// <summary>An operator asks for a move into an engine.</summary>
    public virtual void OnOffload(Owner engine) => Actor.Decline(WhyNotMoved);

    /// <summary>An operator, or a node that drains, asks for a move to another node.</summary>
    public virtual void OnHandOff(string node, MigrationTrigger trigger) => Actor.Decline(WhyNotMoved);

    /// <summary>A message of a handoff came from another node.</summary>
    public virtual void OnNode(string node, HandoffMessage message)
    {
        if (HandoffInput.Of(node, message) is { } input) Actor.Step(input);
    }

    /// <summary>Ignores that an application left that no behaviour asked to leave.</summary>
    public virtual void OnApplicationLeft(ConnectionContext context, ReadOnlyMemory<byte>? state)
    {
    }

    /// <summary>An operator asks for a move back into the software stack.</summary>
    public virtual void OnUpload() => Actor.Decline(WhyNotMoved);

    public virtual void OnRetire() => Actor.Step(MigrationInput.StopRequested.Instance);

    /// <summary>Ignores the cancellation: the connection was established before the attempt was cancelled.</summary>
    public virtual void OnOpenCancelled()
    {
    }

    /// <summary>Carries out one output of the migration protocol.</summary>
    public virtual void Carry(MigrationOutput output) =>
        throw new InvalidOperationException($"connection {Entry.Id} cannot do {output} while {Phase}");

    /// <summary>Enters the phase in which a move waits for its claim to be journaled.</summary>
    public virtual void Prepare(MigrationClaim claim, CurrentMigration migration) =>
        throw new InvalidOperationException($"connection {Entry.Id} cannot move to {claim.To} while {Phase}");

    /// <summary>Called before the connection ends.</summary>
    public virtual void BeforeEnd()
    {
    }

    /// <summary>
    /// Sends a RST to the peer and fences the engine, because the actor is stopped while the connection lives.
    /// </summary>
    public virtual void Fail(Exception error, TimeSpan now)
    {
    }

    /// <summary>Called after the connection has ended or failed.</summary>
    public virtual void AfterEnd(Exception? error)
    {
    }
}
