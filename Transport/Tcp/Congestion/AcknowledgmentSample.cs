namespace ActorStack.Transport.Tcp.Congestion;

/// <summary>
/// The input of a congestion control: one acknowledgment, or a timeout. Sizes are bytes, times are those of the connection's
/// clock; the rate sample is that of the delivery rate estimation (draft-ietf-ccwg-bbr section 4.1).
/// </summary>
public readonly record struct AcknowledgmentSample
{
    private const int QueueShift = 5;

    /// <summary>When the acknowledgment arrived, or the timer expired.</summary>
    public TimeSpan Now { get; init; }

    /// <summary>Bytes by which SND.UNA moved.</summary>
    public uint Acknowledged { get; init; }

    /// <summary>Bytes newly known to have arrived: acknowledged or SACKed, counted once.</summary>
    public uint Delivered { get; init; }

    /// <summary>Bytes now believed to be in the network.</summary>
    public uint InFlight { get; init; }

    /// <summary>Bytes that were in the network before this acknowledgment.</summary>
    public uint PriorInFlight { get; init; }

    /// <summary>
    /// SND.UNA as bytes since the start of the connection, which do not wrap. Rounds are counted by it and by SND.MAX.
    /// </summary>
    public long AcknowledgedThrough { get; init; }

    /// <summary>SND.MAX as bytes since the start of the connection.</summary>
    public long SentThrough { get; init; }

    /// <summary>All bytes delivered since the connection's start, this acknowledgment's too.</summary>
    public long TotalDelivered { get; init; }

    /// <summary><see cref="TotalDelivered"/> at the time the newest segment delivered here was sent.</summary>
    public long PriorDelivered { get; init; }

    /// <summary>All bytes ever marked lost.</summary>
    public long TotalLost { get; init; }

    /// <summary><see cref="TotalLost"/> at the time the newest segment delivered here was sent.</summary>
    public long PriorLost { get; init; }

    /// <summary>Bytes in flight when the newest segment delivered here was sent, itself included.</summary>
    public uint FlightAtSend { get; init; }

    /// <summary>Time over which <c>TotalDelivered - PriorDelivered</c> arrived; zero: no rate sample.</summary>
    public TimeSpan Interval { get; init; }

    /// <summary>Round trip of the newest segment delivered here that was sent once; zero: none.</summary>
    public TimeSpan RoundTrip { get; init; }

    /// <summary>Smoothed round-trip time (SRTT); zero while unknown.</summary>
    public TimeSpan SmoothedRoundTrip { get; init; }

    /// <summary>The smallest round trip of the connection; zero while unknown.</summary>
    public TimeSpan MinimumRoundTrip { get; init; }

    /// <summary>The window, not the application, limited the sender in the last round (RFC 7661).</summary>
    public bool IsWindowLimited { get; init; }

    /// <summary>The most bytes that were outstanding at once in the last round.</summary>
    public uint MostOutstanding { get; init; }

    /// <summary>The rate sample shows the rate of the application; the path may carry more.</summary>
    public bool IsApplicationLimited { get; init; }

    /// <summary>A recovery is under way.</summary>
    public bool IsRecovering { get; init; }

    /// <summary>
    /// Delivered bytes that the peer reports as marked. With RFC 3168's echo these are all bytes that the acknowledgment
    /// delivers, or none.
    /// </summary>
    public uint Marked { get; init; }

    /// <summary>A round trip longer than the shortest by more than a thirty-second of it has seen a queue.</summary>
    /// <param name="roundTrip">The round trip to judge.</param>
    /// <param name="burst">Time that the sender's own bursts wait for each other.</param>
    internal bool SawQueue(TimeSpan roundTrip, TimeSpan burst) =>
        (roundTrip - MinimumRoundTrip - burst).Ticks > MinimumRoundTrip.Ticks >> QueueShift;
}
