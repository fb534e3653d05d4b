using ActorStack.Transport.Buffers;

namespace ActorStack.Transport.Emulation.Toe;

/// <summary>
/// In-order bytes in host memory, where the device puts them before it acknowledges them. The window counts what the application
/// has not read, too: the host tells it with every doorbell.
/// </summary>
internal sealed class ReceiveRing(long capacity) : IReceiveQueue
{
    // A peer may use the window it was once announced, and segments of one burst are cut to it one by one.
    private readonly ByteRing _ring = new((int)Math.Min(capacity * 2, int.MaxValue / 2));

    public long Capacity => capacity;

    public long Limit { get; private set; }

    public long Unread => _ring.Count + HostUnread;

    /// <summary>Bytes the host took off this ring and the application has not read.</summary>
    public long HostUnread { get; private set; }

    public bool IsAbandoned { get; private set; }

    public bool HasLostData { get; private set; }

    /// <summary>The peer's FIN came after the last byte.</summary>
    public bool IsCompleted { get; private set; }

    public int Count => _ring.Count;

    public void Raise(long bytes) => Limit = Math.Clamp(bytes, Limit, capacity);

    /// <summary>Also where the application reads no more: the host finds that they are lost.</summary>
    public void Write(ReadOnlySpan<byte> bytes) => _ring.Write(bytes);

    /// <summary>The host looks for itself at its interrupt.</summary>
    public void Flush()
    {
    }

    public void Complete() => IsCompleted = true;

    /// <summary>How the connection ended the host learns by an event.</summary>
    public void Fail(Exception error)
    {
    }

    /// <summary>The host tells what became of the bytes it took. True where that may matter to the connection.</summary>
    public bool Note(ReceiveQueue application)
    {
        var before = (HostUnread, IsAbandoned, HasLostData);
        HostUnread = application.Unread;
        IsAbandoned = application.IsAbandoned;
        HasLostData = application.HasLostData || (IsAbandoned && Count > 0);
        return HostUnread < before.HostUnread || (IsAbandoned, HasLostData) != (before.IsAbandoned, before.HasLostData);
    }

    /// <summary>The host takes everything.</summary>
    public void MoveTo(ReceiveQueue queue)
    {
        while (_ring.Count > 0)
        {
            var part = _ring.Peek(0, _ring.Count);
            queue.Write(part.Span);
            _ring.Drop(part.Length);
        }
    }

    public byte[] ToArray() => _ring.ToArray();

    public void Release() => _ring.Release();
}
