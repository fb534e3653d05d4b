using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Connections;

/// <summary>Settings of a connection that the stack opens.</summary>
/// <param name="Remote">The peer.</param>
public sealed record ConnectSettings(TcpEndpoint Remote)
{
    /// <summary>The local address, one of the stack's; null: the stack's first address of the peer's IP version.</summary>
    public IpAddress? LocalAddress { get; init; }

    /// <summary>The local port; 0: the stack chooses one (RFC 6056).</summary>
    public ushort LocalPort { get; init; }

    /// <summary>The socket options; null: the options of the stack.</summary>
    public SocketOptions? Options { get; init; }

    /// <summary>
    /// Payload to send first. With <see cref="SocketOptions.FastOpenConnect"/> the SYN carries it where a Fast Open cookie of
    /// the destination is known.
    /// </summary>
    public ReadOnlyMemory<byte> FirstData { get; init; }

    /// <summary>
    /// The name of the service whose application serves the connection, as it serves one that comes from another node, so that
    /// the connection can move as that service's connections can. Null: the requester serves it.
    /// </summary>
    public string? Service { get; init; }

    /// <summary>The state with which the application of <see cref="Service"/> begins.</summary>
    public ReadOnlyMemory<byte> State { get; init; }

    /// <summary>Cancels the attempt; an established connection continues.</summary>
    public CancellationToken Cancellation { get; init; }
}
