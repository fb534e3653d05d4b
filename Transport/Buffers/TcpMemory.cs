namespace ActorStack.Transport.Buffers;

/// <summary>
/// The bytes in the buffers of all connections. They are counted without a lock, from the threads of the stack, the engines and
/// the applications; each connection checks the sum when something arrives, and nothing iterates over all connections.
/// </summary>
public sealed class TcpMemory(TcpMemoryLimits limits)
{
    private long _used;
    private long _outOfOrder;
    private long _pressures;
    private int _isUnderPressure;

    /// <summary>The limits that the sum is checked against.</summary>
    public TcpMemoryLimits Limits => limits;

    /// <summary>Bytes held.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>Of these, bytes beyond gaps.</summary>
    public long OutOfOrder => Volatile.Read(ref _outOfOrder);

    /// <summary>How often pressure began.</summary>
    public long Pressures => Volatile.Read(ref _pressures);

    /// <summary>Windows and send limits do not grow, and windows that were used up are opened again by little.</summary>
    public bool IsUnderPressure => Volatile.Read(ref _isUnderPressure) != 0;

    /// <summary>
    /// Nothing more is taken in: no connections, nothing beyond a gap, and no payload for an application that has some unread.
    /// </summary>
    public bool IsExhausted => Used >= limits.High;

    /// <summary>
    /// The network decides how much lies beyond gaps, not the application: alone it must not cause pressure for all connections.
    /// </summary>
    public bool HasRoomOutOfOrder => OutOfOrder < limits.Low / 2 && !IsExhausted;

    /// <summary>A buffer holds so many bytes more, or less.</summary>
    public void Add(long bytes)
    {
        var used = Interlocked.Add(ref _used, bytes);
        if (bytes > 0)
        {
            if (used >= limits.Pressure && Interlocked.Exchange(ref _isUnderPressure, 1) == 0) Interlocked.Increment(ref _pressures);
        }
        else if (used < limits.Low && IsUnderPressure)
        {
            Volatile.Write(ref _isUnderPressure, 0);
        }
    }

    /// <summary>As <see cref="Add"/>, of bytes beyond a gap.</summary>
    public void AddOutOfOrder(long bytes)
    {
        Interlocked.Add(ref _outOfOrder, bytes);
        Add(bytes);
    }
}
