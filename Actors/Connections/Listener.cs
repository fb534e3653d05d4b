using ActorStack.Transport.Tcp;
using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>A port that takes connections, as the demultiplexer knows it.</summary>
internal sealed class Listener(ListenerSettings settings, TcpSettings stack, IActorRef actor)
{
    public ListenerSettings Settings => settings;

    /// <summary>What the service's connections start with.</summary>
    public TcpSettings Tcp { get; } = settings.CongestionAlgorithm is { } algorithm ? stack with { CongestionAlgorithm = algorithm } : stack;

    public IActorRef Actor => actor;

    /// <summary>Connections in the handshake.</summary>
    public int HalfOpen { get; set; }
}
