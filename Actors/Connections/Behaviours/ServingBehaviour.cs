using ActorStack.Actors.Migration;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;

namespace ActorStack.Actors.Connections.Behaviours;

/// <summary>The software stack runs the connection, and its application has started.</summary>
internal abstract class ServingBehaviour(ConnectionActor actor, TcpConnection tcp, ConnectionContext application)
    : RunningBehaviour(actor, tcp)
{
    public sealed override ConnectionContext Application => application;

    /// <summary>Chooses the behaviour without a move by the TCP state.</summary>
    public static ServingBehaviour Of(ConnectionActor actor, TcpConnection tcp, ConnectionContext application) =>
        tcp.State is TcpState.Closing or TcpState.LastAck
            ? new Closing(actor, tcp, application)
            : new Software(actor, tcp, application);

    public override void OnApplicationWrote()
    {
        application.TakeWrote();
        var now = Stack.Now;
        if (Actor.Buffers.AbortError is { } error)
        {
            Tcp.Abort(error, now);
        }
        else
        {
            Actor.Buffers.Send.Refresh();
            Tcp.OnApplicationWrote(now);
        }

        Settle(now);
    }

    public override void OnApplicationRead()
    {
        application.TakeRead();
        var now = Stack.Now;
        Tcp.OnApplicationRead(now);
        Settle(now);
    }

    public override void OnOptionsChanged()
    {
        if (application.Options == Tcp.Options) return;
        var now = Stack.Now;
        Tcp.SetOptions(application.Options, now);
        Settle(now);
    }

    /// <summary>
    /// The application left for a handoff that was given up meanwhile: it starts again from its own state.
    /// </summary>
    public override void OnApplicationLeft(ConnectionContext context, ReadOnlyMemory<byte>? state)
    {
        if (context != application || state is not { } left) return;
        Actor.Resume(Tcp, Actor.Restart(left, Tcp.Options), held: null);
    }

    /// <summary>Gives the frames that were held during a move to the software stack, in order, as one burst.</summary>
    public void Feed(HeldFrames? held)
    {
        var now = Stack.Now;
        if (held is not null)
        {
            for (var i = 0; i < held.Count; i++) Feed(held[i], now);
            held.Release();
            Tcp.OnBurstEnd(now);
        }

        Settle(now);
    }
}
