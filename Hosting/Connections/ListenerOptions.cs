using System.Runtime.CompilerServices;
using ActorStack.Actors.Connections;
using ActorStack.Hosting.Options;
using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Tcp.Options;
using Akka.Configuration;

namespace ActorStack.Hosting;

/// <summary>The options of one service for its connections.</summary>
public sealed class ListenerOptions
{
    /// <summary>
    /// The congestion control, one of <see cref="CongestionControls.Names"/>; null: the configuration's value for the service,
    /// or for all services.
    /// </summary>
    /// <exception cref="ArgumentException">No algorithm has this name.</exception>
    public string? Congestion { get; set => field = value is null ? null : CongestionControls.Check(value); }

    /// <summary>
    /// Makes the socket options of the service's connections from the configured ones: <c>options.Socket = socket => socket
    /// with { NoDelay = false }</c>. Null: the configured options.
    /// </summary>
    public Func<SocketOptions, SocketOptions>? Socket { get; set; }

    /// <summary>
    /// The most connections in the handshake, and the most established ones that wait for their handler; null: the configured
    /// value, 1024 by default. SYNs beyond it are answered with cookies, and dropped while the established connections are not
    /// taken.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int? Backlog { get; set => field = Check(value, ServiceOptionTable.Backlog); }

    /// <summary>
    /// The most handlers that run at once; further connections wait in the backlog. 0: no limit; null: the configured value.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int? Concurrency { get; set => field = Check(value, ServiceOptionTable.Concurrency); }

    /// <summary>
    /// Lets the handler continue after an await on the thread of the stack that runs its connection, without a detour over the
    /// thread pool, for more round trips a second. Unsafe for a handler that blocks or computes for long, because all
    /// connections of that loop would wait.
    /// </summary>
    public bool UnsafePreferInlineScheduling { get; set; }

    /// <summary>The settings of a service: these options, then the configured ones, then the defaults.</summary>
    /// <param name="name">The name of the service.</param>
    /// <param name="port">Its port.</param>
    /// <param name="config">The actor system's configuration.</param>
    /// <param name="defaults">The stack's socket options.</param>
    /// <exception cref="StackStartException">The configuration of the service is not valid.</exception>
    internal ListenerSettings ToSettings(string name, int port, Config config, SocketOptions defaults)
    {
        var section = HoconSection.OfStack(config).Section($"services.\"{name}\"");
        return new ListenerSettings(name, (ushort)port, Application: null)
        {
            Options = Settle(defaults, section),
            Backlog = Backlog ?? Read(ServiceOptionTable.Backlog),
            Concurrency = Concurrency ?? Read(ServiceOptionTable.Concurrency),
            UnsafePreferInlineScheduling = UnsafePreferInlineScheduling,
        };

        T Read<T>(StackOption<T> option) => section.Read(option, option.Default);
    }

    private SocketOptions Settle(SocketOptions options, HoconSection section)
    {
        options = options with { CongestionAlgorithm = section.Read(ServiceOptionTable.Congestion, options.CongestionAlgorithm) };
        options = SocketOptionReader.Apply(options, section.Unchecked("socket-options"), $"{section.Path}.socket-options");
        if (Congestion is { } congestion) options = options with { CongestionAlgorithm = congestion };
        return Socket?.Invoke(options) ?? options;
    }

    private static int? Check(int? value, StackOption<int> option, [CallerMemberName] string name = "") =>
        value is { } given && option.Type.Refuse(given) is { } refusal
            ? throw new ArgumentOutOfRangeException(name, value, refusal)
            : value;
}
