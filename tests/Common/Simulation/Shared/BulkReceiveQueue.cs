using ActorStack.Transport.Buffers;

namespace ActorStack.Tests.Common.Simulation.Shared;

/// <summary>A receive queue whose application reads at once and counts.</summary>
public sealed class BulkReceiveQueue(int capacity) : IReceiveQueue
{
    public long Capacity => capacity;

    public long Limit => capacity;

    public long Unread => 0;

    public bool IsAbandoned => false;

    public bool HasLostData => false;

    public bool IsCompleted { get; private set; }

    public long Received { get; private set; }

    public void Raise(long bytes)
    {
        // It has its whole capacity from the start.
    }

    public void Write(ReadOnlySpan<byte> bytes) => Received += bytes.Length;

    public void Flush()
    {
        // Nothing waits.
    }

    public void Complete() => IsCompleted = true;

    public void Fail(Exception error) => throw error;
}
