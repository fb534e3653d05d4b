using ActorStack.Actors.Loop;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Host;
using ActorStack.Transport.Tcp.Options;

namespace ActorStack.Actors.Connections;

/// <summary>
/// A service on a port: its backlog, its accept queue, and the settings that its connections start with. All loops share it.
/// </summary>
internal sealed class Service
{
    public Service(ListenerSettings settings, StackShared stack)
    {
        var tcp = stack.Host.Settings.Tcp;
        var options = settings.Options ?? tcp.Options;
        Settings = settings;
        Buffers = Bound(stack.Buffers, options);
        if (settings.UnsafePreferInlineScheduling)
            Buffers = Buffers with { ApplicationScheduler = PreferInlineScheduler.Instance };
        Listener = new Listener(settings.Port, settings.Backlog, tcp with { Options = options }, Buffers.ReceiveCapacity)
        {
            Address = settings.Address,
        };
        Accepts = settings.Application is { } application
            ? new ApplicationQueue(
                application, settings.Concurrency, Listener.Accepts, Buffers.ApplicationScheduler, stack.Stopping.Token)
            : new AcceptedConnections(Listener.Accepts);
    }

    public ListenerSettings Settings { get; }

    /// <summary>The common listener. Each loop has a listener of its own, and this one counts for all of them.</summary>
    public Listener Listener { get; }

    /// <summary>The stack's buffer options, with the scheduling and the bounds of the service.</summary>
    public ConnectionBufferOptions Buffers { get; }

    public AcceptQueue Accepts { get; }

    /// <summary>Limits the buffers to the sizes in the socket options: an application waits where its pipe is full.</summary>
    private static ConnectionBufferOptions Bound(ConnectionBufferOptions buffers, SocketOptions options) => buffers with
    {
        InitialSendLimit = Least(options.NotSentLowWater, buffers.InitialSendLimit),
        SendCapacity = Least(options.SendBuffer, buffers.SendCapacity),
        ReceiveCapacity = Least(options.ReceiveBuffer, buffers.ReceiveCapacity),
    };

    /// <param name="option">The size in the socket options; 0: no bound.</param>
    /// <param name="capacity">The capacity of the stack's buffers, in bytes.</param>
    private static int Least(int option, int capacity) => option > 0 ? Math.Min(option, capacity) : capacity;
}
