using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>
/// The recipe of one connection's actor. Akka would compile an expression anew for every connection, and its recipes with a
/// producer hold a copy of the deployment each.
/// </summary>
internal sealed class ConnectionProps : Props, IIndirectActorProducer
{
    private readonly LoopContext _loop;
    private readonly FlowEntry _entry;

    private ConnectionProps(Props shared, LoopContext loop, FlowEntry entry)
        : base(shared) => (_loop, _entry) = (loop, entry);

    public Type ActorType => typeof(ConnectionActor);

    /// <summary>What the connections of a listener have in common.</summary>
    public static Props Shared(Deploy deploy) => CreateBy(NoProducer.Instance).WithDeploy(deploy);

    public static ConnectionProps Of(Props shared, LoopContext loop, FlowEntry entry) => new(shared, loop, entry);

    public override ActorBase NewActor() => Produce();

    public ActorBase Produce() => new ConnectionActor(_loop, _entry);

    public void Release(ActorBase actor)
    {
    }

    protected override Props Copy() => new ConnectionProps(this, _loop, _entry);

    /// <summary>The base class wants a producer, which it asks only for the type of the actor.</summary>
    private sealed class NoProducer : IIndirectActorProducer
    {
        public static NoProducer Instance { get; } = new();

        public Type ActorType => typeof(ConnectionActor);

        public ActorBase Produce() => throw new NotSupportedException($"{nameof(ConnectionProps)} makes the actor.");

        public void Release(ActorBase actor)
        {
        }
    }
}
