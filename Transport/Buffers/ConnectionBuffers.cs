using System.Buffers;
using System.IO.Pipelines;

namespace ActorStack.Transport.Buffers;

/// <summary>
/// The two pipes between an application and whatever stack runs its connection. They stay in place over every migration within
/// the process: only the far side changes hands.
/// </summary>
public sealed class ConnectionBuffers
{
    private readonly ApplicationReader _input;

    /// <summary>Makes the pipes of one connection.</summary>
    public ConnectionBuffers(ConnectionBufferOptions options)
    {
        var shapes = options.Shapes;
        var outbound = new Pipe(shapes.Outbound);
        var inbound = new Pipe(shapes.Inbound);
        Send = new SendQueue(
            new OutputReader(outbound.Reader, shapes.Outbound.PauseWriterThreshold, options.SendCapacity, options.Memory));
        Receive = new ReceiveQueue(inbound.Writer, options.InitialReceiveLimit, options.ReceiveCapacity, options.Memory);
        _input = new ApplicationReader(inbound.Reader, this);
        Application = new ApplicationPipe(_input, new ApplicationWriter(outbound.Writer, this));
    }

    /// <summary>
    /// The end of the application. Completing its output queues a FIN; completing it with an error resets the connection.
    /// </summary>
    public IDuplexPipe Application { get; }

    /// <summary>The bytes that the application wrote, for the stack that runs the connection.</summary>
    public SendQueue Send { get; }

    /// <summary>The bytes for the application to read, from the stack that runs the connection.</summary>
    public ReceiveQueue Receive { get; }

    /// <summary>
    /// The observer of the application's reads and writes. It is set before the application starts, and may change at a
    /// migration.
    /// </summary>
    public IBufferObserver? Observer { get; set; }

    /// <summary>
    /// Holds both directions back: the application writes no further ahead, and the window opens no further, than at the
    /// beginning of the connection. Before a move, so that little is left to carry.
    /// </summary>
    public bool IsHeldBack
    {
        get => Send.IsHeldBack;
        set => (Send.IsHeldBack, Receive.IsHeldBack) = (value, value);
    }

    /// <summary>The application gave up the connection with this error: it is to be reset. Null while it has not.</summary>
    public Exception? AbortError { get; internal set; }

    /// <summary>
    /// Query: the bytes that the application has not read. They are not copied, and stay until the next call or
    /// <see cref="PassInput"/>. No application may use the input before <see cref="PassInput"/>; then it finds the bytes unread.
    /// </summary>
    public ReadOnlySequence<byte> ViewUnread() => Receive.IsLeft ? default : _input.ViewUnread();

    /// <summary>
    /// Prepares the input for an application that takes the place of one that left: its first read returns at once, with the
    /// bytes that the former one has examined and not consumed.
    /// </summary>
    public void PassInput()
    {
        _input.EndRead();
        _input.CancelPendingRead();
    }
}
