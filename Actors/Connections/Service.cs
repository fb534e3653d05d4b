using ActorStack.Actors.Loop;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Host;
using ActorStack.Transport.Tcp.Options;

namespace ActorStack.Actors.Connections;

/// <summary>
/// A service on a port: its backlog and its applications, and what its connections begin with. The loops share it.
/// </summary>
internal sealed class Service
{
    public Service(ListenerSettings settings, StackShared stack)
    {
        var tcp = stack.Host.Settings.Tcp;
        var options = settings.Options ?? tcp.Options;
        Settings = settings;
        Buffers = Bound(stack.Buffers, options);
        if (settings.UnsafePreferInlineScheduling) Buffers = Buffers with { ApplicationScheduler = PreferInlineScheduler.Instance };
        Listener = new Listener(settings.Port, settings.Backlog, tcp with { Options = options }, Buffers.ReceiveCapacity);
        Accepts = new AcceptQueue(settings, Listener.Accepts, Buffers.ApplicationScheduler, stack.Errors, stack.Stopping.Token);
    }

    public ListenerSettings Settings { get; }

    /// <summary>Each loop listens with one of its own that counts together with this.</summary>
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
