namespace ActorStack.Transport.Buffers;

/// <summary>
/// Bytes that the buffers of all connections together may hold, as Linux's tcp_mem: from <paramref name="Pressure"/> on
/// connections are held short, until it is less than <paramref name="Low"/>; from <paramref name="High"/> on nothing more is
/// taken in.
/// </summary>
public sealed record TcpMemoryLimits(long Low, long Pressure, long High)
{
    /// <summary>A sixty-fourth: too little to bring pressure on connections.</summary>
    private const int FragmentShare = 64;

    /// <summary>The part of these that IP fragments may hold until their packets are whole, bytes.</summary>
    public long Fragments { get; init; } = High / FragmentShare;

    /// <summary>No limit: bytes are counted, but there is never pressure.</summary>
    public static TcpMemoryLimits Unlimited { get; } = new(long.MaxValue, long.MaxValue, long.MaxValue);

    /// <summary>
    /// Shares of the memory that the process may use, a container's limit included: an eighth brings pressure, three sixteenths
    /// are the most.
    /// </summary>
    public static TcpMemoryLimits OfAvailable()
    {
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return new TcpMemoryLimits(available / 32 * 3, available / 8, available / 16 * 3);
    }
}
