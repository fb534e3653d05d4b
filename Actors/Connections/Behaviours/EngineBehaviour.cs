using ActorStack.Actors.Migration;
using ActorStack.Transport.Engines;
using ActorStack.Transport.State;
using Akka.Event;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>
/// An engine runs the connection. The actor keeps the connection's identity, follows the policy, and can take the connection
/// back.
/// </summary>
internal abstract class EngineBehaviour(ConnectionActor actor, EngineRun run, ConnectionContext application)
    : ConnectionBehaviour(actor)
{
    public sealed override ConnectionContext Application => application;

    public sealed override TcpState State => run.Before.State;

    protected EngineRun Run => run;

    public sealed override EngineConnectionInfo Info() => run.Info();

    public sealed override TcpStatistics? Statistics(TimeSpan now) => run.Engine.QueryStatistics(run.Handle);

    public sealed override void BeforeEnd()
    {
        var info = run.Info();
        Actor.CountUpTo(info.BytesReceived, info.BytesSent);
        Actor.Forget();
    }

    public override void Carry(MigrationOutput output)
    {
        if (output is MigrationOutput.Invalidate) Actor.Fence(run.Engine);
        else base.Carry(output);
    }

    public sealed override void Fail(Exception error, TimeSpan now) => Actor.Fence(run.Engine);

    /// <summary>Forwards segments that were in the mailbox when the flow was steered to the engine.</summary>
    protected void Forward(SegmentBurst burst)
    {
        for (var i = 0; i < burst.Count; i++) run.Engine.Forward(run.Handle, burst.Frame(i));
        burst.Recycle();
    }

    protected void UpdateEngine()
    {
        try
        {
            run.Engine.Update(run.Handle, application.Options);
        }
        catch (Exception error)
        {
            Actor.Logger.Error(error, "Engine {0} failed to change the options of connection {1}", run.Engine.Name, Entry.Id);
        }
    }
}
