using ActorStack.Transport.Buffers;

namespace ActorStack.Fuzz.Records;

/// <summary>Takes what comes and counts it.</summary>
internal sealed class PlainReceiveQueue : IReceiveQueue
{
    public long Capacity => 256 * 1024;

    public long Limit { get; private set; } = 64 * 1024;

    public long Unread { get; private set; }

    public bool IsAbandoned => false;

    public bool HasLostData => false;

    public void Raise(long bytes) => Limit = Math.Clamp(bytes, Limit, Capacity);

    public void Write(ReadOnlySpan<byte> bytes) => Unread += bytes.Length;

    public void Flush()
    {
    }

    public void Complete()
    {
    }

    public void Fail(Exception error)
    {
    }
}
