using ActorStack.Actors.Loop;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Buffers;
using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>A port that takes connections, as the demultiplexer knows it.</summary>
internal sealed class Listener(ListenerSettings settings, StackContext stack, IActorRef actor)
{
    public ListenerSettings Settings => settings;

    /// <summary>What the service's connections start with.</summary>
    public TcpSettings Tcp { get; } = settings.CongestionAlgorithm is { } algorithm ? stack.Tcp with { CongestionAlgorithm = algorithm } : stack.Tcp;

    /// <summary>The stack's, with the listener's own scheduling.</summary>
    public ConnectionBufferOptions Buffers { get; } = settings.UnsafePreferInlineScheduling
        ? stack.Buffers with { ApplicationScheduler = PreferInlineScheduler.Instance }
        : stack.Buffers;

    public IActorRef Actor => actor;

    /// <summary>Connections in the handshake.</summary>
    public int HalfOpen { get; set; }
}
