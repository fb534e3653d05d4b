namespace ActorStack.Transport.Wire;

/// <summary>
/// Pooled memory for one frame. It has one owner, who releases it once; one never released is left to the collector.
/// </summary>
public sealed class FrameBuffer
{
    /// <summary>Room for a 64 KB super-segment, its headers and the virtio header.</summary>
    public const int Size = 66 * 1024;

    private static readonly FrameBuffer[] Pool = new FrameBuffer[256];
    private static readonly Lock PoolLock = new();
    private static int PooledCount;

    private FrameBuffer() => Bytes = GC.AllocateUninitializedArray<byte>(Size, pinned: true);

    /// <summary>The memory, <see cref="Size"/> bytes, pinned.</summary>
    public byte[] Bytes { get; }

    /// <summary>Takes a buffer from the pool, or makes one.</summary>
    public static FrameBuffer Rent()
    {
        lock (PoolLock)
        {
            if (PooledCount > 0) return Pool[--PooledCount];
        }

        return new FrameBuffer();
    }

    /// <summary>Gives the buffer back to the pool.</summary>
    public void Release()
    {
        lock (PoolLock)
        {
            if (PooledCount < Pool.Length) Pool[PooledCount++] = this;
        }
    }
}
