using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Connections;

/// <summary>A service that listens on one port.</summary>
/// <param name="Name">The name of the service in lists and logs.</param>
/// <param name="Port">The port; 0: the stack chooses a free one.</param>
/// <param name="Application">
/// Serves each connection. Null: the connections wait in the backlog until they are accepted from
/// <see cref="StackProtocol.Listening"/>.
/// </param>
public sealed record ListenerSettings(string Name, ushort Port, ConnectionApplication? Application)
{
    /// <summary>
    /// The only address of the stack to listen on; null: every address that has no listener of its own on this port.
    /// </summary>
    public IpAddress? Address { get; init; }

    /// <summary>
    /// The service listens on no port: it serves connections that the stack opens for it (<see cref="ConnectSettings.Service"/>),
    /// and those that come from the service of the same name at another node.
    /// </summary>
    public bool IsConnector { get; init; }

    /// <summary>The default backlog.</summary>
    public const int DefaultBacklog = 1024;

    /// <summary>
    /// The number of connections that may be in the handshake at once; SYNs beyond it are answered with SYN cookies, which hold
    /// no memory. The same number of established connections may wait for their application to start, or to be accepted.
    /// </summary>
    public int Backlog { get; init; } = DefaultBacklog;

    /// <summary>The largest state with which an application may leave a connection, in bytes.</summary>
    public const int MaximumState = 1024 * 1024;

    /// <summary>
    /// The application can leave a connection and go on with it at another node: it observes
    /// <see cref="IConnectionContext.IsLeaving"/>. Connections of other applications cannot be handed to another node.
    /// </summary>
    public bool IsMovable { get; init; }

    /// <summary>
    /// Tells why this build of the application cannot go on from a state with which another one left; null: it can. A refused
    /// connection stays where it was. The check runs on the loop before the connection is taken over, so it must be quick. Null:
    /// every state is taken.
    /// </summary>
    public Func<ReadOnlyMemory<byte>, string?>? WhyStateRefused { get; init; }

    /// <summary>The number of applications that run at once; further connections wait in the backlog. 0: no limit.</summary>
    public int Concurrency { get; init; }

    /// <summary>The socket options that the service's connections start with; null: the options of the stack.</summary>
    public SocketOptions? Options { get; init; }

    /// <summary>
    /// Lets the application continue after an await on the thread of the stack that runs its connection, without a detour over
    /// the thread pool. Unsafe for an application that blocks or computes for long, because all connections of that loop would
    /// wait.
    /// </summary>
    public bool UnsafePreferInlineScheduling { get; init; }
}
