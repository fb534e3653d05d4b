using System.IO.Pipelines;

namespace ActorStack.Transport.Buffers;

/// <summary>Options of the two pipes: one object for all connections with the same buffer options.</summary>
internal sealed class PipeShapes(ConnectionBufferOptions owner)
{
    public ConnectionBufferOptions Owner => owner;

    public PipeOptions Outbound { get; } = new(
        pool: PayloadPool.Instance, readerScheduler: PipeScheduler.Inline, writerScheduler: owner.ApplicationScheduler,
        pauseWriterThreshold: Math.Min(owner.InitialSendLimit, owner.SendCapacity),
        resumeWriterThreshold: Math.Min(owner.InitialSendLimit, owner.SendCapacity) / 2,
        minimumSegmentSize: PayloadPool.BlockSize, useSynchronizationContext: owner.UsesSynchronizationContext);

    /// <summary>The receive window bounds this pipe, not a threshold of its own.</summary>
    public PipeOptions Inbound { get; } = new(
        pool: PayloadPool.Instance, readerScheduler: owner.ApplicationScheduler, writerScheduler: PipeScheduler.Inline,
        pauseWriterThreshold: 0, resumeWriterThreshold: 0,
        minimumSegmentSize: PayloadPool.BlockSize, useSynchronizationContext: owner.UsesSynchronizationContext);
}
