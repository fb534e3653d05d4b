using System.Buffers;

namespace ActorStack.Actors.Cluster.Channel;

/// <summary>
/// Frames that wait for room in a socket, one behind another in blocks of a pool: a long backlog is never copied to a larger
/// array. It belongs to one thread at a time.
/// </summary>
internal sealed class SendBacklog
{
    /// <summary>The size of a block, bytes. A larger frame gets a block of its own.</summary>
    private const int BlockSize = 256 << 10;

    private readonly Queue<Block> _blocks = new();
    private Block? _last;
    private int _sent; // of the first block

    /// <summary>The bytes that were added and not removed.</summary>
    public int Count { get; private set; }

    /// <summary>The first bytes: those of one block.</summary>
    public ReadOnlySpan<byte> First => _blocks.TryPeek(out var block) ? block.Bytes.AsSpan(_sent, block.Length - _sent) : default;

    /// <summary>Adds <paramref name="count"/> bytes, which the caller writes.</summary>
    public Span<byte> Extend(int count)
    {
        if (_last is null || _last.Bytes.Length - _last.Length < count)
            _blocks.Enqueue(_last = new Block(ArrayPool<byte>.Shared.Rent(Math.Max(count, BlockSize))));
        var room = _last.Bytes.AsSpan(_last.Length, count);
        _last.Length += count;
        Count += count;
        return room;
    }

    /// <summary>Removes <paramref name="count"/> of the <see cref="First"/> bytes.</summary>
    public void Remove(int count)
    {
        Count -= count;
        _sent += count;
        if (_sent < _blocks.Peek().Length) return;
        ArrayPool<byte>.Shared.Return(_blocks.Dequeue().Bytes);
        _sent = 0;
        if (_blocks.Count == 0) _last = null;
    }

    private sealed class Block(byte[] bytes)
    {
        public byte[] Bytes => bytes;

        public int Length { get; set; }
    }
}
