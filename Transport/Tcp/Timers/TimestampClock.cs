namespace ActorStack.Transport.Tcp.Timers;

/// <summary>
/// The clock behind TSval: one tick a millisecond (RFC 7323 section 5.4), from an offset of the connection's own.
/// </summary>
public static class TimestampClock
{
    /// <summary>TSval at a time of the host, for a connection with this offset.</summary>
    public static uint Value(TimeSpan now, TimeSpan offset) =>
        unchecked((uint)((now + offset).Ticks / TimeSpan.TicksPerMillisecond));
}
