using System.IO.Pipelines;
using System.Net;
using ActorStack.Actors.Connections;
using ActorStack.Transport.Tcp.Options;

namespace ActorStack.Hosting;

/// <summary>One connection as its handler sees it, the same under every owner.</summary>
public sealed class Connection : IAsyncDisposable
{
    private readonly IConnectionContext _context;
    private Stream? _stream;

    internal Connection(IConnectionContext context) => _context = context;

    /// <summary>The id by which operators find the connection.</summary>
    public string Id => _context.Id.Value;

    /// <summary>The stack's address and port.</summary>
    public IPEndPoint LocalEndPoint => _context.Flow.Local.ToIPEndPoint();

    /// <summary>The peer's address and port.</summary>
    public IPEndPoint RemoteEndPoint => _context.Flow.Remote.ToIPEndPoint();

    /// <summary>What runs the connection now: <c>software</c> or the name of an engine. It may change at any time.</summary>
    public string RunsOn => _context.RunsOn;

    /// <summary>
    /// The payload from and to the peer. Completing the output sends a FIN after the last byte; completing it with an error
    /// resets the connection. The input ends at the peer's FIN. When both directions are completed and received bytes are
    /// unread, the connection is reset, as by close(2) in Linux. Where the last bytes that you write must arrive, complete the
    /// output and read to the end first.
    /// </summary>
    public IDuplexPipe Pipe => _context.Pipe;

    /// <summary>
    /// The pipe as a stream; use either the pipe or the stream. Disposing the stream completes both directions, as
    /// <see cref="DisposeAsync"/> does: unread bytes, such as a close_notify that SslStream did not wait for, then reset the
    /// connection. An SslStream over it must be ended by its <c>ShutdownAsync</c>, because disposing sends no close_notify, and
    /// peers with OpenSSL 3 then report a truncated answer.
    /// </summary>
    public Stream Stream => _stream ??= new DuplexPipeStream(_context.Pipe);

    /// <summary>
    /// The socket options as set last: <c>connection.Options = connection.Options with { Cork = true }</c>. A change applies
    /// before the payload that is written after it, and stays over every move.
    /// </summary>
    public SocketOptions Options
    {
        get => _context.Options;
        set => _context.Options = value;
    }

    /// <summary>
    /// Closes both directions: written payload is sent, then a FIN, unless SO_LINGER says otherwise. Where received bytes are
    /// unread, or bytes arrive later, the connection is reset instead, and unsent payload is lost (RFC 9293 section 3.6.1). A
    /// handler need not call it: its connection is closed when it returns.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await Pipe.Input.CompleteAsync();
        await Pipe.Output.CompleteAsync();
    }

    /// <summary>
    /// Resets the connection with a RST. Unsent payload is lost, and the next read throws. Any thread may call it, also while
    /// another one uses the pipe.
    /// </summary>
    /// <param name="reason">The reason for lists and logs.</param>
    public void Abort(string reason) => _context.Abort(reason);

    /// <summary>Cancelled when the connection has ended, for whatever reason.</summary>
    public CancellationToken Closed => _context.Closed;

    /// <summary>
    /// Cancelled when no further byte comes, because the peer has sent a FIN or the connection has ended: for a handler that does
    /// not read meanwhile.
    /// </summary>
    public CancellationToken InputEnded => _context.InputEnded;

    /// <summary>
    /// The state with which the handler's predecessor left the connection; empty where it left without one, or where the
    /// connection is new.
    /// </summary>
    public ReadOnlyMemory<byte> State => _context.State;

    /// <summary>
    /// The connection is to move to another node: write what you have to write, call <see cref="Leave"/> and return. A read and
    /// a flush that wait return at once, and so does the next one of each; the payload of such a flush is in the output. It is
    /// always false for a handler that is no <see cref="IMovableHandler"/>.
    /// </summary>
    public bool IsLeaving => _context.IsLeaving;

    /// <summary>
    /// Cancelled when <see cref="IsLeaving"/> becomes true, for a handler that waits for other things than its pipe. Where it
    /// ends the handler with an <see cref="OperationCanceledException"/>, the handler has left without a state. Do not flush with
    /// it: a flush that begins after the cancellation writes nothing.
    /// </summary>
    public CancellationToken Leaving => _context.Leaving;

    /// <summary>
    /// Leaves the connection, so that a successor goes on with it at another node. The handler returns next and does not use the
    /// pipe any more. What it wrote is sent; what it did not consume is there for the successor.
    /// </summary>
    /// <param name="state">
    /// At most 1 MiB in a format of the handler, which should begin with its version: the successor may be of another build.
    /// </param>
    /// <exception cref="InvalidOperationException"><see cref="IsLeaving"/> is false.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The state is too large.</exception>
    public void Leave(ReadOnlyMemory<byte> state = default) => _context.Leave(state);
}
