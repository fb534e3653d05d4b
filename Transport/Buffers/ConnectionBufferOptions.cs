using System.IO.Pipelines;

namespace ActorStack.Transport.Buffers;

/// <summary>Sizes of one connection's buffers and where the application's continuations run.</summary>
public sealed record ConnectionBufferOptions
{
    private PipeShapes? _shapes;

    /// <summary>The options as their properties state them; memory is not counted.</summary>
    public static ConnectionBufferOptions Default { get; } = new();

    /// <summary>
    /// Bytes the application may be ahead of the peer's acknowledgments before its flush waits, on a connection that has shown no
    /// need of more.
    /// </summary>
    public int InitialSendLimit { get; init; } = 128 * 1024;

    /// <summary>
    /// The largest value that this limit reaches, bytes: it grows with the congestion window, up to twice that.
    /// </summary>
    public int SendCapacity { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// Bytes that may wait for the application, and so the receive window, of a connection that has shown no need of more.
    /// </summary>
    public int InitialReceiveLimit { get; init; } = 128 * 1024;

    /// <summary>
    /// The largest value that this limit reaches, bytes: it grows with the payload that the application reads in a round trip, up
    /// to twice that and more.
    /// </summary>
    public int ReceiveCapacity { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// The scheduler on which the application continues after an await. Inline means the thread of the stack, which the
    /// application must then never block.
    /// </summary>
    public PipeScheduler ApplicationScheduler { get; init; } = PipeScheduler.ThreadPool;

    /// <summary>
    /// The application continues in the synchronization context of its await where it has one, and otherwise on
    /// <see cref="ApplicationScheduler"/>: for tests, whose context decides the order of everything.
    /// </summary>
    internal bool UsesSynchronizationContext { get; init; }

    /// <summary>Counts the bytes in the buffers of all connections; null: they are not counted, and there is no limit.</summary>
    public TcpMemory? Memory { get; init; }

    /// <summary>A copy made by <c>with</c> makes its own.</summary>
    internal PipeShapes Shapes => ReferenceEquals(_shapes?.Owner, this) ? _shapes : _shapes = new PipeShapes(this);
}
