using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>
/// Makes the actor of one connection. Akka calls this where an expression in its Props would have to be compiled for every
/// connection.
/// </summary>
internal sealed class ConnectionActorProducer(LoopContext loop, FlowEntry entry) : IIndirectActorProducer
{
    public Type ActorType => typeof(ConnectionActor);

    public ActorBase Produce() => new ConnectionActor(loop, entry);

    public void Release(ActorBase actor)
    {
    }
}
