using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>Creates the actor of one connection. Akka would compile an expression in Props anew for every connection.</summary>
internal sealed class ConnectionActorProducer(LoopContext loop, FlowEntry entry) : IIndirectActorProducer
{
    public Type ActorType => typeof(ConnectionActor);

    public ActorBase Produce() => new ConnectionActor(loop, entry);

    public void Release(ActorBase actor)
    {
    }
}
