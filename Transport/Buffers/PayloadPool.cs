using System.Buffers;
using System.Runtime.InteropServices;

namespace ActorStack.Transport.Buffers;

/// <summary>
/// The memory of the pipes, in blocks of 64 KiB. The blocks lie where the collector does not move them: payload that waits for a
/// slow peer or application outlives many collections, and would be copied from generation to generation. All members may be
/// called on any thread.
/// </summary>
internal sealed class PayloadPool : MemoryPool<byte>
{
    /// <summary>The size of a block, bytes.</summary>
    public const int BlockSize = 64 * 1024;

    /// <summary>Free blocks that are kept, 64 MiB; others go to the collector.</summary>
    private const int MostFree = 1024;

    /// <summary>Free blocks that nobody needed for so long are given back, half of them at a time.</summary>
    private static readonly TimeSpan TrimInterval = TimeSpan.FromSeconds(5);

    [ThreadStatic]
    private static Block? _blockOfThread;

    private readonly Stack<Block> _free = new();
    private int _leastFree;
    private long _trimmedAt = Environment.TickCount64;

    private PayloadPool()
    {
    }

    /// <summary>The pool of the process.</summary>
    public static PayloadPool Instance { get; } = new();

    /// <inheritdoc/>
    public override int MaxBufferSize => BlockSize;

    /// <inheritdoc/>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
        var block = _blockOfThread;
        _blockOfThread = null;
        block ??= Pop() ?? new Block(this);
        block.IsRented = true;
        return block;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // It lives as long as the process.
    }

    private Block? Pop()
    {
        lock (_free)
        {
            var isFound = _free.TryPop(out var block);
            _leastFree = Math.Min(_leastFree, _free.Count);
            return isFound ? block : null;
        }
    }

    private void Return(Block block)
    {
        if (_blockOfThread is null) _blockOfThread = block;
        else Push(block);
    }

    private void Push(Block block)
    {
        lock (_free)
        {
            if (_free.Count < MostFree) _free.Push(block);
            if (Environment.TickCount64 - _trimmedAt >= TrimInterval.TotalMilliseconds) Trim();
        }
    }

    private void Trim()
    {
        for (var surplus = (_leastFree + 1) / 2; surplus > 0; surplus--) _free.Pop();
        (_leastFree, _trimmedAt) = (_free.Count, Environment.TickCount64);
    }

    private sealed class Block(PayloadPool pool) : IMemoryOwner<byte>
    {
        public bool IsRented { get; set; }

        public Memory<byte> Memory { get; } =
            MemoryMarshal.CreateFromPinnedArray(GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true), 0, BlockSize);

        public void Dispose()
        {
            if (!IsRented) throw new InvalidOperationException("A block of payload was returned twice.");
            IsRented = false;
            pool.Return(this);
        }
    }
}
