using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Connections;

/// <summary>A connection to be opened.</summary>
/// <param name="Remote">The peer.</param>
public sealed record ConnectSettings(TcpEndpoint Remote)
{
    /// <summary>One of the stack's addresses; null: its first of the peer's version.</summary>
    public IpAddress? LocalAddress { get; init; }

    /// <summary>0: the stack chooses one (RFC 6056).</summary>
    public ushort LocalPort { get; init; }

    /// <summary>Null: the stack's.</summary>
    public SocketOptions? Options { get; init; }

    /// <summary>What the connection begins with; with <see cref="SocketOptions.FastOpenConnect"/> the SYN takes it along where it may.</summary>
    public ReadOnlyMemory<byte> FirstData { get; init; }

    /// <summary>Gives up the attempt; a connection that is established goes on.</summary>
    public CancellationToken Cancellation { get; init; }
}
