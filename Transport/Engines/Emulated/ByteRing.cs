using System.Buffers;

namespace ActorStack.Transport.Engines.Emulated;

/// <summary>Bytes in ring memory that grows from little to its limit. One thread at a time.</summary>
internal sealed class ByteRing(int limit)
{
    private const int InitialSize = 4096;

    private byte[] _memory = [];
    private int _head;

    public int Count { get; private set; }

    public int Free => limit - Count;

    /// <summary>Appends; the caller keeps within <see cref="Free"/>.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Free) throw new InvalidOperationException($"{bytes.Length} bytes for a ring with room for {Free}");
        if (Count + bytes.Length > _memory.Length) Grow(Count + bytes.Length);
        var tail = (_head + Count) & (_memory.Length - 1);
        var first = Math.Min(bytes.Length, _memory.Length - tail);
        bytes[..first].CopyTo(_memory.AsSpan(tail));
        bytes[first..].CopyTo(_memory);
        Count += bytes.Length;
    }

    /// <summary>
    /// At most <paramref name="count"/> bytes from <paramref name="offset"/> on; fewer at the end of the memory.
    /// </summary>
    public ReadOnlyMemory<byte> Peek(int offset, int count)
    {
        var start = (_head + offset) & (_memory.Length - 1);
        return _memory.AsMemory(start, Math.Min(count, _memory.Length - start));
    }

    public void Drop(int count)
    {
        _head = Count == count ? 0 : (_head + count) & (_memory.Length - 1);
        Count -= count;
    }

    public byte[] ToArray()
    {
        var bytes = new byte[Count];
        for (var copied = 0; copied < bytes.Length;)
        {
            var part = Peek(copied, bytes.Length - copied);
            part.Span.CopyTo(bytes.AsSpan(copied));
            copied += part.Length;
        }

        return bytes;
    }

    /// <summary>Gives the memory back; the ring is empty and can be used again.</summary>
    public void Release()
    {
        if (_memory.Length > 0) ArrayPool<byte>.Shared.Return(_memory);
        _memory = [];
        _head = Count = 0;
    }

    private void Grow(int needed)
    {
        var size = InitialSize;
        while (size < needed) size *= 2;

        // The pool's arrays of these sizes are powers of two, too.
        var grown = ArrayPool<byte>.Shared.Rent(size);
        var count = Count;
        for (var copied = 0; copied < count;)
        {
            var part = Peek(copied, count - copied);
            part.Span.CopyTo(grown.AsSpan(copied));
            copied += part.Length;
        }

        Release();
        _memory = grown;
        Count = count;
    }
}
