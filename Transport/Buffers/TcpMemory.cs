namespace ActorStack.Transport.Buffers;

/// <summary>
/// The bytes in the buffers of all connections. They are counted without a lock, from the threads of the stack, the engines and
/// the applications; each connection checks the sum when something arrives, and nothing iterates over all connections.
/// </summary>
/// <param name="limits">The limits that the sum is checked against.</param>
public sealed class TcpMemory(TcpMemoryLimits limits)
{
    private long _used;
    private long _outOfOrder;
    private long _pressures;
    private int _isUnderPressure;

    /// <summary>The limits that the sum is checked against.</summary>
    public TcpMemoryLimits Limits => limits;

    /// <summary>Bytes that all buffers hold.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>The part of <see cref="Used"/> that lies beyond gaps.</summary>
    public long OutOfOrder => Volatile.Read(ref _outOfOrder);

    /// <summary>How often the sum reached the limit of pressure.</summary>
    public long Pressures => Volatile.Read(ref _pressures);

    /// <summary>
    /// Memory is short: windows and send limits do not grow, and a window that was used up opens again by little.
    /// </summary>
    public bool IsUnderPressure => Volatile.Read(ref _isUnderPressure) != 0;

    /// <summary>
    /// The limit is reached. No connection is taken in, no payload beyond a gap, and none for an application that has some
    /// unread.
    /// </summary>
    public bool IsExhausted => Used >= limits.High;

    /// <summary>
    /// There is room for payload beyond gaps. The network decides how much of it arrives, so it may not cause pressure for all
    /// connections by itself.
    /// </summary>
    public bool HasRoomOutOfOrder => OutOfOrder < limits.Low / 2 && !IsExhausted;

    /// <summary>Counts <paramref name="bytes"/> more that a buffer holds; less where negative.</summary>
    public void Add(long bytes)
    {
        var used = Interlocked.Add(ref _used, bytes);
        if (bytes > 0)
        {
            if (used >= limits.Pressure && Interlocked.Exchange(ref _isUnderPressure, 1) == 0)
                Interlocked.Increment(ref _pressures);
        }
        else if (used < limits.Low && IsUnderPressure)
        {
            Volatile.Write(ref _isUnderPressure, 0);
        }
    }

    /// <summary>As <see cref="Add"/>, for bytes beyond a gap.</summary>
    public void AddOutOfOrder(long bytes)
    {
        Interlocked.Add(ref _outOfOrder, bytes);
        Add(bytes);
    }
}
