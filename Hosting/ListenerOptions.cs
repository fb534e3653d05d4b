using System.Runtime.CompilerServices;
using ActorStack.Hosting.Options;
using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Tcp.Options;

namespace ActorStack.Hosting;

/// <summary>What a service settles for its own connections.</summary>
public sealed class ListenerOptions
{
    /// <summary>
    /// One of <see cref="CongestionControls.Names"/>; null: what the configuration says for the service, or for all.
    /// </summary>
    /// <exception cref="ArgumentException">There is no algorithm of this name.</exception>
    public string? Congestion { get; set => field = value is null ? null : CongestionControls.Check(value); }

    /// <summary>
    /// What the service's connections start with, made from what the configuration says for the service, or for all:
    /// <c>options.Socket = socket => socket with { NoDelay = false }</c>. Null: just that.
    /// </summary>
    public Func<SocketOptions, SocketOptions>? Socket { get; set; }

    /// <summary>
    /// Connections that may be in the handshake, and as many that are established may wait for their handler; null: what the
    /// configuration says, 1024 by default. Beyond, SYNs get cookies, and where nobody takes the established ones, are dropped.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int? Backlog { get; set => field = Check(value, ServiceOptionTable.Backlog); }

    /// <summary>
    /// Handlers that run at once; further connections wait in the backlog. 0: no limit; null: what the configuration says.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int? Concurrency { get; set => field = Check(value, ServiceOptionTable.Concurrency); }

    /// <summary>
    /// The handler goes on after an await on the thread of the stack that runs its connection: no way over the thread pool, so
    /// more round trips a second. Unsafe for a handler that blocks or computes long, because all connections would wait for it.
    /// </summary>
    public bool UnsafePreferInlineScheduling { get; set; }

    private static int? Check(int? value, StackOption<int> option, [CallerMemberName] string name = "") =>
        value is { } given && option.Type.Refuse(given) is { } refusal
            ? throw new ArgumentOutOfRangeException(name, value, refusal)
            : value;
}
