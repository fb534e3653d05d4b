using ActorStack.Actors.Loop;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Host;
using ActorStack.Transport.Tcp.Options;
using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>
/// A service on a port: the host's listener, the parent of its connections' actors, and what its connections begin with.
/// </summary>
internal sealed class Service
{
    public Service(ListenerSettings settings, StackContext stack, IActorRef actor)
    {
        var options = settings.Options ?? stack.Host.Tcp.Options;
        (Settings, Actor) = (settings, actor);
        Buffers = Bound(stack.Buffers, options);
        if (settings.UnsafePreferInlineScheduling) Buffers = Buffers with { ApplicationScheduler = PreferInlineScheduler.Instance };
        var tcp = stack.Host.Tcp with { Options = options };
        Listener = new Listener(settings.Port, settings.Backlog, tcp, Buffers.ReceiveCapacity);
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
        InitialSendLimit = Least(options.NotSentLowWater, buffers.InitialSendLimit),
        SendCapacity = Least(options.SendBuffer, buffers.SendCapacity),
        ReceiveCapacity = Least(options.ReceiveBuffer, buffers.ReceiveCapacity),
    };

    /// <param name="option">0: it sets no bound.</param>
    /// <param name="capacity">The buffers' own bound, bytes.</param>
    private static int Least(int option, int capacity) => option > 0 ? Math.Min(option, capacity) : capacity;
}
