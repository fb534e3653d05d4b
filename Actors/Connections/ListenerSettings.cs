using ActorStack.Transport.Tcp.Options;

namespace ActorStack.Actors.Connections;

/// <summary>A service on one port of every address of the stack.</summary>
public sealed record ListenerSettings(string Name, ushort Port, ConnectionApplication Application)
{
    /// <summary>The backlog of a listener that is given none.</summary>
    public const int DefaultBacklog = 1024;

    /// <summary>
    /// Connections that may be in the handshake at once: further SYNs are answered with SYN cookies, which hold no memory. And as many
    /// that are established may wait for their application to begin.
    /// </summary>
    public int Backlog { get; init; } = DefaultBacklog;

    /// <summary>Applications that run at once; further connections wait in the backlog. 0: no limit.</summary>
    public int Concurrency { get; init; }

    /// <summary>What the service's connections start with; null: the stack's.</summary>
    public SocketOptions? Options { get; init; }

    /// <summary>
    /// The application goes on after an await on the thread of whatever stack runs its connection, without a way over the thread pool.
    /// Unsafe for what blocks or computes long: all connections of the stack would wait for it.
    /// </summary>
    public bool UnsafePreferInlineScheduling { get; init; }
}
