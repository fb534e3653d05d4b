using ActorStack.Transport.Buffers;
using static ActorStack.Fuzz.InvariantException;

namespace ActorStack.Fuzz.Tcp;

/// <summary>A receive queue that checks each byte where it stands in the stream and keeps none.</summary>
internal sealed class PatternReceiveQueue(Pattern pattern, int capacity, int limit) : IReceiveQueue
{
    private long _visible;

    public long Capacity => capacity;

    public long Limit { get; private set; } = Math.Min(capacity, limit);

    /// <summary>Bytes ever delivered.</summary>
    public long Delivered { get; private set; }

    public long BytesRead { get; private set; }

    public long Unread => Delivered - BytesRead;

    public bool IsAbandoned { get; set; }

    public bool HasLostData => IsAbandoned && Unread > 0;

    public bool IsCompleted { get; private set; }

    public bool IsFailed { get; private set; }

    public void Raise(long bytes) => Limit = Math.Clamp(bytes, Limit, capacity);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Require(!IsCompleted && !IsFailed, "bytes were delivered after the end of the stream");
        pattern.Verify(bytes, Delivered, "the received stream");
        Delivered += bytes.Length;
        Require(Unread <= capacity, $"the window let {Unread} bytes in, the capacity is {capacity}");
    }

    public void Flush() => _visible = Delivered;

    public void Complete()
    {
        IsCompleted = true;
        Flush();
    }

    public void Fail(Exception error)
    {
        IsFailed = true;
        Flush();
    }

    public void Read(int count) => BytesRead = Math.Min(_visible, BytesRead + count);
}
