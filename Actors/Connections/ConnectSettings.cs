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

    /// <summary>Cancels the attempt; an established connection continues.</summary>
    public CancellationToken Cancellation { get; init; }
}
