using System.IO.Pipelines;
using System.Net;
using ActorStack.Actors.Connections;
using ActorStack.Transport.Tcp.Options;

namespace ActorStack.Hosting;

/// <summary>One connection as its handler sees it: the same whatever stack runs it.</summary>
public sealed class Connection : IAsyncDisposable
{
    private readonly IConnectionContext _context;
    private Stream? _stream;

    internal Connection(IConnectionContext context) => _context = context;

    /// <summary>The name under which operators find the connection.</summary>
    public string Id => _context.Id.Value;

    /// <summary>The stack's address and port.</summary>
    public IPEndPoint LocalEndPoint => _context.Flow.Local.ToIPEndPoint();

    /// <summary>The peer's address and port.</summary>
    public IPEndPoint RemoteEndPoint => _context.Flow.Remote.ToIPEndPoint();

    /// <summary>
    /// Bytes from and to the peer. Completing the output sends a FIN after the last byte, completing it with an error resets; the
    /// input ends at the peer's FIN. When both are completed, bytes that were never handed out reset the connection, as close(2)
    /// does in Linux: where the last bytes written matter, complete the output and read to the end first.
    /// </summary>
    public IDuplexPipe Pipe => _context.Pipe;

    /// <summary>
    /// The pipe as a stream. Use one of the two; disposing the stream completes both directions, as <see cref="DisposeAsync"/>
    /// does: bytes that it never took from the pipe, such as a close_notify that SslStream did not wait for, then reset the
    /// connection. An SslStream over it has to be ended by its <c>ShutdownAsync</c>: disposing sends no close_notify, and peers
    /// with OpenSSL 3 then take the answer for truncated.
    /// </summary>
    public Stream Stream => _stream ??= new DuplexPipeStream(_context.Pipe);

    /// <summary>
    /// The socket options as set last: <c>connection.Options = connection.Options with { Cork = true }</c>. What is set is in
    /// force before what is written after it. They stay over every move.
    /// </summary>
    public SocketOptions Options
    {
        get => _context.Options;
        set => _context.Options = value;
    }

    /// <summary>
    /// Leaves the connection both ways: what was written is sent, then a FIN, unless SO_LINGER says otherwise. Where received
    /// bytes were never handed out, or come later, the connection is reset instead, and what was not sent is lost (RFC 9293
    /// section 3.6.1). A handler need not: its connection is left when it returns.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await Pipe.Input.CompleteAsync();
        await Pipe.Output.CompleteAsync();
    }

    /// <summary>Cancelled when the connection is over, however it ended.</summary>
    public CancellationToken Closed => _context.Closed;
}
