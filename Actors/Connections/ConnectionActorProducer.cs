using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>
/// Makes connection actors from one shared <see cref="Props"/>: an actor finds its connection by its own name. Cheaper by far than a
/// Props of its own with an expression for each.
/// </summary>
internal sealed class ConnectionActorProducer(StackContext stack) : IIndirectActorProducer
{
    public Type ActorType => typeof(ConnectionActor);

    public ActorBase Produce() => new ConnectionActor(stack);

    public void Release(ActorBase actor)
    {
    }
}
