using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>A port that takes connections, as the demultiplexer knows it.</summary>
internal sealed class Listener(ListenerSettings settings, IActorRef actor)
{
    public ListenerSettings Settings => settings;

    public IActorRef Actor => actor;

    /// <summary>Connections in the handshake.</summary>
    public int HalfOpen { get; set; }
}
