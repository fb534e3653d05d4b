using ActorStack.Transport.Buffers;

namespace ActorStack.Tests.Common.Simulation;

/// <summary>A receive queue that an application model reads from; bytes are visible once flushed.</summary>
public sealed class SimulatedReceiveQueue(int capacity, int limit = int.MaxValue) : IReceiveQueue
{
    private readonly List<byte> _bytes = [];
    private int _visible;

    public long Capacity => capacity;

    public long Limit { get; private set; } = Math.Min(limit, capacity);

    public long Unread => _bytes.Count;

    /// <summary>Once for all: what is unread, or comes later, is dropped and lost.</summary>
    public bool IsAbandoned
    {
        get;
        set
        {
            field |= value;
            DropIfAbandoned();
        }
    }

    public bool HasLostData { get; private set; }

    public bool IsCompleted { get; private set; }

    public Exception? Error { get; private set; }

    public int Visible => _visible;

    public void Raise(long bytes) => Limit = Math.Clamp(bytes, Limit, capacity);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Count + bytes.Length > capacity + ushort.MaxValue)
            throw new InvalidOperationException(
                $"the window let {_bytes.Count + bytes.Length} bytes in, the capacity is {capacity}");
        _bytes.AddRange(bytes);
        DropIfAbandoned();
    }

    public void Flush() => _visible = _bytes.Count;

    public void Complete()
    {
        IsCompleted = true;
        Flush();
    }

    public void Fail(Exception error)
    {
        Error = error;
        Flush();
    }

    public byte[] Read(int count)
    {
        count = Math.Min(count, _visible);
        var bytes = _bytes.GetRange(0, count).ToArray();
        _bytes.RemoveRange(0, count);
        _visible -= count;
        return bytes;
    }

    private void DropIfAbandoned()
    {
        if (!IsAbandoned || _bytes.Count == 0) return;
        HasLostData = true;
        _bytes.Clear();
        _visible = 0;
    }
}
