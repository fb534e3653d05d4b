using ActorStack.Actors.Loop;
using ActorStack.Transport.Host;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Buffers;
using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>A service on a port: the host's listener, the parent of its connections' actors, and what its connections begin with.</summary>
internal sealed class Service
{
    public Service(ListenerSettings settings, StackContext stack, IActorRef actor)
    {
        var options = settings.Options ?? stack.Host.Tcp.Options;
        (Settings, Actor) = (settings, actor);
        Buffers = Bound(stack.Buffers, options) with
        {
            ApplicationScheduler = settings.UnsafePreferInlineScheduling ? PreferInlineScheduler.Instance : stack.Buffers.ApplicationScheduler,
        };
        Listener = new Listener(settings.Port, settings.Backlog, stack.Host.Tcp with { Options = options }, Buffers.ReceiveCapacity);
        Accepts = new AcceptQueue(settings, Listener.Accepts, Buffers.ApplicationScheduler, stack.Errors, stack.Stopping.Token);
    }

    public ListenerSettings Settings { get; }

    public IActorRef Actor { get; }

    public Listener Listener { get; }

    /// <summary>The stack's, with the service's own scheduling and bounds.</summary>
    public ConnectionBufferOptions Buffers { get; }

    public AcceptQueue Accepts { get; }

    /// <summary>Buffers that are no larger than the options allow: an application waits where its pipe is full.</summary>
    private static ConnectionBufferOptions Bound(ConnectionBufferOptions buffers, SocketOptions options) => buffers with
    {
        InitialSendLimit = options.NotSentLowWater > 0 ? Math.Min(options.NotSentLowWater, buffers.InitialSendLimit) : buffers.InitialSendLimit,
        SendCapacity = options.SendBuffer > 0 ? Math.Min(options.SendBuffer, buffers.SendCapacity) : buffers.SendCapacity,
        ReceiveCapacity = options.ReceiveBuffer > 0 ? Math.Min(options.ReceiveBuffer, buffers.ReceiveCapacity) : buffers.ReceiveCapacity,
    };
}
