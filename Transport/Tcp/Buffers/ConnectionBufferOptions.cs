using System.IO.Pipelines;

namespace ActorStack.Transport.Tcp.Buffers;

/// <summary>Sizes of one connection's buffers and where the application's continuations run.</summary>
public sealed record ConnectionBufferOptions
{
    public static ConnectionBufferOptions Default { get; } = new();

    /// <summary>Bytes the application may write ahead of the peer's acknowledgments before its flush waits.</summary>
    public int SendCapacity { get; init; } = 4 * 1024 * 1024;

    /// <summary>Bytes that may wait for the application: the largest receive window.</summary>
    public int ReceiveCapacity { get; init; } = 4 * 1024 * 1024;

    /// <summary>Where the application goes on after an await; inline means on the thread of the stack, which it must then never block.</summary>
    public PipeScheduler ApplicationScheduler { get; init; } = PipeScheduler.ThreadPool;
}
