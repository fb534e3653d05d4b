using System.IO.Pipelines;

namespace ActorStack.Transport.Buffers;

/// <summary>Options of the two pipes: one object for all connections with the same buffer options.</summary>
internal sealed class PipeShapes(ConnectionBufferOptions owner)
{
    public const int SegmentSize = 64 * 1024;

    public ConnectionBufferOptions Owner => owner;

    public PipeOptions Outbound { get; } = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: owner.ApplicationScheduler,
        pauseWriterThreshold: Math.Min(owner.InitialSendLimit, owner.SendCapacity),
        resumeWriterThreshold: Math.Min(owner.InitialSendLimit, owner.SendCapacity) / 2,
        minimumSegmentSize: SegmentSize, useSynchronizationContext: false);

    /// <summary>The receive window bounds this pipe, not a threshold of its own.</summary>
    public PipeOptions Inbound { get; } = new(
        readerScheduler: owner.ApplicationScheduler, writerScheduler: PipeScheduler.Inline,
        pauseWriterThreshold: 0, resumeWriterThreshold: 0,
        minimumSegmentSize: SegmentSize, useSynchronizationContext: false);
}
