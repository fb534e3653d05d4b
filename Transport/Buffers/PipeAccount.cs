namespace ActorStack.Transport.Buffers;

/// <summary>
/// Bytes in one pipe, counted against the memory of all. Written by one thread, read by another: what its end may leave behind is
/// settled by whoever comes last.
/// </summary>
internal struct PipeAccount(TcpMemory? memory)
{
    /// <summary>A pipe that holds anything holds a block that is partly empty.</summary>
    public const int Block = PayloadPool.BlockSize;

    private long _bytes;
    private int _hasEnded;
    private int _hasLost;

    public readonly long Bytes => Volatile.Read(in _bytes);

    public readonly bool HasEnded => Volatile.Read(in _hasEnded) != 0;

    /// <summary>Bytes were there at the end, or came since.</summary>
    public readonly bool HasLost => Volatile.Read(in _hasLost) != 0;

    /// <summary>Before the bytes can be read.</summary>
    public void Add(long count)
    {
        if (count == 0) return;
        var bytes = Interlocked.Add(ref _bytes, count);
        memory?.Add(bytes == count ? count + Block : count);
        if (HasEnded) Drain();
    }

    public void Remove(long count)
    {
        if (count == 0) return;
        var bytes = Interlocked.Add(ref _bytes, -count);
        memory?.Add(bytes == 0 ? -count - Block : -count);
    }

    /// <summary>Nobody reads any more. True for the first caller.</summary>
    public bool End()
    {
        var isFirst = Interlocked.Exchange(ref _hasEnded, 1) == 0;
        Drain();
        return isFirst;
    }

    private void Drain()
    {
        if (Interlocked.Exchange(ref _bytes, 0) is not (var bytes and > 0)) return;
        Volatile.Write(ref _hasLost, 1);
        memory?.Add(-bytes - Block);
    }
}
